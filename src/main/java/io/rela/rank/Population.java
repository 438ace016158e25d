package io.rela.rank;

import java.io.Serializable;

/** All samples that a policy chooses from, as (index, loss, reference loss, class) rows in no order. Driver only. */
public interface Population {
    /** The class of a sample that has none. */
    int NO_CLASS = Integer.MIN_VALUE;

    /** Takes rows. */
    @FunctionalInterface
    interface Rows {
        /**
         * Takes one row.
         *
         * @param index of the sample
         * @param loss finite; NaN where the sample has none
         * @param reference finite; NaN where the sample has no reference loss
         * @param label of the sample's class, or {@link #NO_CLASS}
         */
        void add(long index, float loss, float reference, int label);
    }

    /** What one pass gathers: small, whatever the number of rows. One thread at a time. */
    interface Statistic<S extends Statistic<S>> extends Rows, Serializable {
        /** Takes what another part of the rows gave. The result may not depend on the order of the merges. */
        void merge(S other);
    }

    /** N, how many rows there are. */
    long size();

    /**
     * Shows each row once to a statistic.
     *
     * @param empty a statistic that has seen nothing; used up
     * @return a statistic that has seen all rows
     */
    <S extends Statistic<S>> S scan(S empty);

    /** The same rows, with losses for those that have none. */
    default Population standing(Stand stand) {
        Population all = this;
        return new Population() {
            @Override
            public long size() {
                return all.size();
            }

            @Override
            public <S extends Statistic<S>> S scan(S empty) {
                return all.scan(new Filled<>(empty, stand)).statistic;
            }
        };
    }

    /** Shows a statistic losses where there are none. */
    final class Filled<S extends Statistic<S>> implements Statistic<Filled<S>> {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // every Statistic is serialisable
        private final S statistic;

        private final Stand stand;

        private Filled(S statistic, Stand stand) {
            this.statistic = statistic;
            this.stand = stand;
        }

        @Override
        public void add(long index, float loss, float reference, int label) {
            statistic.add(index, stand.ofLoss(loss), stand.ofReference(reference), label);
        }

        @Override
        public void merge(Filled<S> other) {
            statistic.merge(other.statistic);
        }
    }
}
