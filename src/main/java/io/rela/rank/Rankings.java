package io.rela.rank;

/** The orders that several policies use. */
public final class Rankings {
    private Rankings() {}

    /** One group in the order of u. */
    public record ByDraw(Draw draw) implements Ranking {
        private static final long serialVersionUID = 1L;

        @Override
        public int group(long index, float loss, float reference, int label) {
            return 0;
        }

        @Override
        public long key(long index, float loss, float reference, int label) {
            return draw.bits(index);
        }

        @Override
        public long tie(long index) {
            return 0;
        }
    }

    /** One group by loss, then u; the key carries the loss and as much of u as there is room for. */
    public record ByLoss(boolean largestFirst, Draw draw) implements Ranking {
        private static final long serialVersionUID = 1L;

        @Override
        public int group(long index, float loss, float reference, int label) {
            return 0;
        }

        @Override
        public long key(long index, float loss, float reference, int label) {
            long bits = Order.ascending(loss);
            return (largestFirst ? ~bits : bits) << 32 | draw.bits(index) >>> 32;
        }

        @Override
        public long tie(long index) {
            return draw.bits(index);
        }
    }

    /** Those rows of an order that lie before a cut of another. */
    public record Within(Ranking pool, Cut end, Ranking order) implements Ranking {
        private static final long serialVersionUID = 1L;

        @Override
        public int group(long index, float loss, float reference, int label) {
            return pool.isBefore(end, index, loss, reference, label) ? order.group(index, loss, reference, label) : -1;
        }

        @Override
        public long key(long index, float loss, float reference, int label) {
            return order.key(index, loss, reference, label);
        }

        @Override
        public long tie(long index) {
            return order.tie(index);
        }
    }

    /** The rows before a cut in each group, with weight 1. */
    public record Before(Ranking ranking, Cut[] ends) implements Rule {
        private static final long serialVersionUID = 1L;

        public Before(Ranking ranking, Cut end) {
            this(ranking, new Cut[] {end});
        }

        @Override
        public float weight(long index, float loss, float reference, int label) {
            int group = ranking.group(index, loss, reference, label);
            return group >= 0 && ranking.isBefore(ends[group], index, loss, reference, label) ? 1 : 0;
        }
    }
}
