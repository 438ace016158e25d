package io.rela.rank;

import io.rela.rank.Population.Statistic;

/** What policies gather over the rows that lie before a cut. */
public final class Pool {
    private Pool() {}

    /** The smallest and largest loss before a cut. */
    public static final class Range implements Statistic<Range> {
        private static final long serialVersionUID = 1L;

        private final Ranking pool;
        private final Cut end;
        public float smallest = Float.POSITIVE_INFINITY;
        public float largest = Float.NEGATIVE_INFINITY;

        public Range(Ranking pool, Cut end) {
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
    public static final class Histogram implements Statistic<Histogram> {
        private static final long serialVersionUID = 1L;

        private final Ranking pool;
        private final Cut end;
        private final Bins bins;
        public final long[] counts;

        public Histogram(Ranking pool, Cut end, Bins bins) {
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
