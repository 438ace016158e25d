package io.rela.rank;

import io.rela.rank.Population.Statistic;

/** What policies gather over the rows that lie before a cut. */
final class Pool {
    private Pool() {}

    /** The smallest and largest loss before a cut. */
    static final class Range implements Statistic<Range> {
        private static final long serialVersionUID = 1L;

        private final Ranking pool;
        private final Cut end;
        float smallest = Float.POSITIVE_INFINITY;
        float largest = Float.NEGATIVE_INFINITY;

        Range(Ranking pool, Cut end) {
            this.pool = pool;
            this.end = end;
        }

        @Override
        public void add(long index, float loss, float reference, int label) {
            if (pool.isBefore(end, index, loss, reference, label)) {
                smallest = Math.min(smallest, loss);
                largest = Math.max(largest, loss);
            }
        }

        @Override
        public void merge(Range other) {
            smallest = Math.min(smallest, other.smallest);
            largest = Math.max(largest, other.largest);
        }
    }

    /** Rows before a cut, by bin. */
    static final class Histogram implements Statistic<Histogram> {
        private static final long serialVersionUID = 1L;

        private final Ranking pool;
        private final Cut end;
        private final Bins bins;
        final long[] counts;

        Histogram(Ranking pool, Cut end, Bins bins) {
            this.pool = pool;
            this.end = end;
            this.bins = bins;
            this.counts = new long[bins.number()];
        }

        @Override
        public void add(long index, float loss, float reference, int label) {
            if (pool.isBefore(end, index, loss, reference, label)) {
                counts[bins.of(loss)]++;
            }
        }

        @Override
        public void merge(Histogram other) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += other.counts[i];
            }
        }
    }
}
