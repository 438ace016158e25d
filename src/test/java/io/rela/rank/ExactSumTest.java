package io.rela.rank;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactSumTest {
    @Test
    void equalsBigDecimalOverTheWholeRangeOfFloats() {
        Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            ExactSum sum = new ExactSum();
            BigDecimal exact = BigDecimal.ZERO;
            for (int i = 0; i < 1 + round; i++) {
                float value = anyFloat(random);
                sum.add(value);
                exact = exact.add(new BigDecimal(value));
            }
            assertThat(sum.value()).isEqualTo(exact.doubleValue());
        }
    }

    @Test
    void roundsTiesToEvenAsBigDecimalDoes() {
        // 2^53 + 1 and 2^53 + 3 lie half way between doubles.
        ExactSum sum = new ExactSum();
        sum.add(0x1p53f);
        sum.add(1);
        assertThat(sum.value()).isEqualTo(0x1p53);
        sum.add(2);
        assertThat(sum.value()).isEqualTo(0x1p53 + 4);
        sum.add(-Float.MIN_VALUE);
        assertThat(sum.value()).isEqualTo(0x1p53 + 2);
    }

    @Test
    void whatCancelsLeavesTheSmallestExactly() {
        ExactSum sum = new ExactSum();
        sum.add(Float.MAX_VALUE);
        sum.add(Float.MIN_VALUE);
        sum.add(-Float.MAX_VALUE);
        assertThat(sum.value()).isEqualTo(Float.MIN_VALUE);
        sum.add(-3 * Float.MIN_VALUE);
        assertThat(sum.value()).isEqualTo(-2.0 * Float.MIN_VALUE);
    }

    @Test
    void noOrderOrGroupingMatters() {
        Random random = new Random(2);
        float[] values = new float[1_000];
        ExactSum forwards = new ExactSum();
        for (int i = 0; i < values.length; i++) {
            values[i] = anyFloat(random);
            forwards.add(values[i]);
        }
        ExactSum[] parts = new ExactSum[7];
        for (int part = 0; part < parts.length; part++) {
            parts[part] = new ExactSum();
            for (int i = values.length - 1 - part; i >= 0; i -= parts.length) {
                parts[part].add(values[i]);
            }
        }
        for (int part = 1; part < parts.length; part++) {
            parts[part].add(parts[part - 1]);
        }
        assertThat(parts[parts.length - 1].value()).isEqualTo(forwards.value());
        forwards.add(0.5f);
        parts[parts.length - 1].add(0.5f);
        assertThat(parts[parts.length - 1].value()).isEqualTo(forwards.value());
    }

    private static float anyFloat(Random random) {
        while (true) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value)) {
                return value;
            }
        }
    }
}
