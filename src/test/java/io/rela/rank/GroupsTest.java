package io.rela.rank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupsTest {
    @Test
    void isTheDivisionOfLeastSquaredDistances() {
        Random random = new Random(1);
        for (int round = 0; round < 400; round++) {
            long[] counts = new long[1 + random.nextInt(12)];
            for (int b = 0; b < counts.length; b++) {
                counts[b] = random.nextInt(3) == 0 ? 0 : random.nextInt(20);
            }
            counts[random.nextInt(counts.length)] = 1L + random.nextInt(50);
            int filled = (int)
                    IntStream.range(0, counts.length).filter(b -> counts[b] > 0).count();
            int groups = 1 + random.nextInt(5);

            int[] ends = Groups.of(counts, groups);

            assertThat(ends).hasSize(Math.min(groups, filled));
            assertThat(ends[ends.length - 1]).isEqualTo(counts.length);
            double least = divisions(counts.length, ends.length).stream()
                    .mapToDouble(division -> distances(counts, division))
                    .min()
                    .orElseThrow();
            assertThat(distances(counts, ends)).isLessThanOrEqualTo(least * (1 + 1e-12) + 1e-9);
            int from = 0;
            for (int end : ends) {
                assertThat(IntStream.range(from, end).mapToLong(b -> counts[b]).sum())
                        .isPositive();
                from = end;
            }
        }
    }

    @Test
    void ofEqualDivisionsTheLastBorderComesFirst() {
        assertThat(Groups.of(new long[] {1, 1, 1}, 2)).containsExactly(1, 3);
        assertThat(Groups.of(new long[] {1, 0, 1, 1}, 1)).containsExactly(4);
        assertThat(Groups.of(new long[] {2, 2, 2, 2, 2}, 3)).containsExactly(1, 3, 5);
    }

    @Test
    void fewerBinsWithRowsMakeFewerGroups() {
        assertThat(Groups.of(new long[] {0, 0, 9, 0}, 5)).containsExactly(4);
        assertThat(Groups.of(new long[] {0, 3, 0, 9, 0}, 5)).containsExactly(2, 5);
    }

    /** All ways to cut bins into neighbouring groups. */
    private static List<int[]> divisions(int bins, int groups) {
        List<int[]> all = new ArrayList<>();
        for (int mask = 0; mask < 1 << (bins - 1); mask++) {
            if (Integer.bitCount(mask) == groups - 1) {
                int cuts = mask;
                all.add(IntStream.concat(
                                IntStream.range(1, bins).filter(b -> (cuts >> (b - 1) & 1) == 1), IntStream.of(bins))
                        .toArray());
            }
        }
        return all;
    }

    private static double distances(long[] counts, int[] ends) {
        double all = 0;
        int from = 0;
        for (int end : ends) {
            double rows = 0;
            double sum = 0;
            for (int b = from; b < end; b++) {
                rows += counts[b];
                sum += (double) b * counts[b];
            }
            for (int b = from; b < end; b++) {
                all += rows == 0 ? 0 : counts[b] * (b - sum / rows) * (b - sum / rows);
            }
            from = end;
        }
        return all;
    }
}
