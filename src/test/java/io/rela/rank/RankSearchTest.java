package io.rela.rank;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.testing.InMemoryPopulation;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RankSearchTest {
    /** More than fit into one fetch, so that prefixes are refined. */
    private static final int MANY = 150_000;

    /** How the keys lie. */
    private enum Keys {
        /** Over the whole range. */
        SPREAD,
        /** All of the same upper 40 bits, so that several rounds refine one bin. */
        CLOSE,
        /** Three keys. */
        TIED,
        /** One key: the tie decides. */
        ONE,
        /** One key and one tie: the index decides. */
        ONE_TIE
    }

    /** Rows by arrays; class is the group, negative ones do not take part. */
    private record Given(long[] keys, long[] ties) implements Ranking {
        private static final long serialVersionUID = 1L;

        @Override
        public int group(long index, float loss, int label) {
            return label;
        }

        @Override
        public long key(long index, float loss, int label) {
            return keys[(int) index];
        }

        @Override
        public long tie(long index) {
            return ties[(int) index];
        }
    }

    @ParameterizedTest
    @EnumSource(Keys.class)
    void oneGroupOfManyRowsIsCutWhereSortingCuts(Keys kind) {
        check(kind, MANY, 1, new Random(1));
    }

    @ParameterizedTest
    @EnumSource(Keys.class)
    void manyGroupsAreCutWhereSortingCuts(Keys kind) {
        check(kind, 20_000, 300, new Random(2));
    }

    @Test
    void rowsOfOneKeyAreRefinedByTheirTiesAndNotFetchedTogether() {
        Random random = new Random(3);
        long[] ties = random.longs(MANY).toArray();
        Population rows = InMemoryPopulation.of(new float[MANY], new int[MANY]);
        AtomicInteger passes = new AtomicInteger();
        Population counted = new Population() {
            @Override
            public long size() {
                return rows.size();
            }

            @Override
            public <S extends Statistic<S>> S scan(S empty) {
                passes.incrementAndGet();
                return rows.scan(empty);
            }
        };
        RankSearch.find(counted, new Given(new long[MANY], ties), MANY / 2);

        // Sixteen bits a pass: four for the key, one for the tie, one that fetches.
        assertThat(passes).hasValue(6);
    }

    @Test
    void ranksOfNoneAndOfMoreThanThereAreCutAtTheEnds() {
        InMemoryPopulation rows = InMemoryPopulation.of(new float[5], new int[] {0, 0, 2, 0, -1});
        Ranking ranking = new Given(new long[] {-1, -1, -1, 7, 0}, new long[] {-1, 5, -1, 0, 0});

        Cut[][] cuts = RankSearch.find(rows, ranking, new long[][] {{0, 1, 2, 3, 4}, {1}, {1, 0}, {}});

        assertThat(cuts[0]).containsExactly(Cut.FIRST, new Cut(-1, 5, 1), new Cut(-1, -1, 0), Cut.LAST, Cut.LAST);
        assertThat(cuts[1]).containsExactly(Cut.LAST);
        assertThat(cuts[2]).containsExactly(Cut.LAST, Cut.FIRST);
        assertThat(cuts[3]).isEmpty();
        assertThat(ranking.isBefore(Cut.LAST, 0, 0, 0)).isTrue();
        assertThat(ranking.isBefore(Cut.FIRST, 4, 0, 0)).isFalse();
    }

    private static void check(Keys kind, int size, int groups, Random random) {
        long[] keys = new long[size];
        long[] ties = new long[size];
        int[] label = new int[size];
        for (int i = 0; i < size; i++) {
            keys[i] = switch (kind) {
                case SPREAD -> random.nextLong();
                case CLOSE -> 0x8765_4321_0f00_0000L | random.nextInt(1 << 24);
                case TIED -> random.nextInt(3) - 1;
                case ONE, ONE_TIE -> -1;
            };
            ties[i] = kind == Keys.ONE_TIE ? -1 : kind == Keys.ONE ? random.nextLong() : random.nextInt(9) - 4;
            label[i] = random.nextInt(20) == 0 ? -1 : (int) (groups * random.nextDouble() * random.nextDouble());
        }
        Given ranking = new Given(keys, ties);
        Cut[][] sorted = new Cut[groups][];
        long[][] ranks = new long[groups][];
        for (int g = 0; g < groups; g++) {
            int group = g;
            sorted[g] = IntStream.range(0, size)
                    .filter(i -> label[i] == group)
                    .mapToObj(i -> new Cut(keys[i], ties[i], i))
                    .sorted(Comparator.naturalOrder())
                    .toArray(Cut[]::new);
            ranks[g] = new long[] {
                random.nextInt(sorted[g].length + 1),
                sorted[g].length / 2,
                1,
                Math.max(0, sorted[g].length - 1),
                sorted[g].length,
                0
            };
        }

        Cut[][] cuts = RankSearch.find(InMemoryPopulation.of(new float[size], label), ranking, ranks);

        for (int g = 0; g < groups; g++) {
            for (int r = 0; r < ranks[g].length; r++) {
                Cut cut = cuts[g][r];
                long rank = ranks[g][r];
                assertThat(Arrays.stream(sorted[g])
                                .filter(row -> row.compareTo(cut) < 0)
                                .count())
                        .isEqualTo(Math.min(rank, sorted[g].length));
                if (rank > 0 && rank < sorted[g].length) {
                    assertThat(cut).isEqualTo(sorted[g][(int) rank]);
                }
            }
        }
    }
}
