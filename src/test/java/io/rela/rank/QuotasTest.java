package io.rela.rank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuotasTest {
    @Test
    void sumToTheTotalUnderAllCaps() {
        Random random = new Random(1);
        for (int round = 0; round < 5_000; round++) {
            int parts = 1 + random.nextInt(12);
            double[] weights = new double[parts];
            long[] caps = new long[parts];
            for (int i = 0; i < parts; i++) {
                weights[i] = random.nextInt(3) == 0 ? 0 : Math.pow(10, random.nextInt(20) - 10) * random.nextDouble();
                caps[i] = random.nextInt(4) == 0 ? 0 : random.nextInt(50);
            }
            long all = Arrays.stream(caps).sum();
            long total = (long) (all * (random.nextInt(5) == 0 ? 1 : random.nextDouble()));

            long[] quotas = Quotas.share(weights, caps, total);

            assertThat(Arrays.stream(quotas).sum()).isEqualTo(total);
            for (int i = 0; i < parts; i++) {
                assertThat(quotas[i]).isBetween(0L, caps[i]);
            }
        }
    }

    @Test
    void areWithinOneOfTheShareWhereNoCapBinds() {
        Random random = new Random(2);
        for (int round = 0; round < 2_000; round++) {
            double[] weights = new double[1 + random.nextInt(20)];
            Arrays.setAll(weights, i -> random.nextDouble());
            long[] caps = new long[weights.length];
            Arrays.fill(caps, 1_000_000);
            long total = random.nextInt(100_000);

            long[] quotas = Quotas.share(weights, caps, total);

            double sum = Arrays.stream(weights).sum();
            for (int i = 0; i < quotas.length; i++) {
                assertThat(Math.abs(quotas[i] - total * weights[i] / sum)).isLessThan(1 + 1e-9);
            }
        }
    }

    @Test
    void whatACapLeavesGoesToTheOthersInProportion() {
        assertThat(Quotas.share(new double[] {8, 1, 1, 2}, new long[] {10, 100, 100, 100}, 50))
                .containsExactly(10, 10, 10, 20);
        // The second is capped only once the first one's rest came to it.
        assertThat(Quotas.share(new double[] {6, 3, 1}, new long[] {10, 35, 100}, 100))
                .containsExactly(10, 35, 55);
    }

    @Test
    void largestRemaindersGetOneMoreTheFirstOfEquals() {
        assertThat(Quotas.share(new double[] {1, 1, 1}, new long[] {9, 9, 9}, 4))
                .containsExactly(2, 1, 1);
        assertThat(Quotas.share(new double[] {1, 2, 1}, new long[] {9, 9, 9}, 5))
                .containsExactly(1, 3, 1);
        assertThat(Quotas.share(new double[] {5, 4, 1}, new long[] {9, 9, 9}, 6))
                .containsExactly(3, 2, 1);
    }

    @Test
    void partsWithoutWeightShareByTheirCaps() {
        assertThat(Quotas.share(new double[] {0, 0, 1}, new long[] {10, 30, 5}, 25))
                .containsExactly(5, 15, 5);
        assertThat(Quotas.share(new double[] {0, 0}, new long[] {10, 30}, 4)).containsExactly(1, 3);
    }
}
