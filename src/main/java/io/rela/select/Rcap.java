package io.rela.select;

import io.rela.rank.Classes;
import io.rela.rank.Cut;
import io.rela.rank.Draw;
import io.rela.rank.ExactSum;
import io.rela.rank.Order;
import io.rela.rank.Population.Statistic;
import io.rela.rank.Quotas;
import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rankings;
import io.rela.rank.Rule;
import java.util.Arrays;

/**
 * {@code rcap}: class c gets n_c ∝ √(L_c·π_c) of the n samples, L_c the mean loss of its samples and π_c its share of all, none
 * more than it has ({@link Quotas}: capped, redistributed, largest remainders); within a class a softmax of ℓ/T without
 * replacement: the n_c largest of ℓ/T − ln(−ln(u)) (Gumbel keys); weight 1. RCAP (Hassan et al., UAI 2025, arXiv 2606.11761).
 *
 * <p>Here u = ((bits ≫ 11) + ½)·2⁻⁵³. Without classes all samples are one.
 *
 * @param temperature T above 0
 */
public record Rcap(double temperature) implements SelectionPolicy {
    @Override
    public String name() {
        return "rcap";
    }

    @Override
    public boolean needsLosses() {
        return true;
    }

    @Override
    public boolean takesClasses() {
        return true;
    }

    @Override
    public boolean clustersUnlabeled() {
        return true;
    }

    @Override
    public Rule rule(Selection selection) {
        Importance.requireNonNegative(this, selection);
        long wanted = selection.wanted();
        Classes classes = new Classes(selection.summary().classes());
        double[] sums = selection.rows().scan(new Sums(classes)).values();
        double[] weights = new double[classes.size()];
        long[] caps = new long[classes.size()];
        for (int c = 0; c < weights.length; c++) {
            caps[c] = classes.rows(c);
            weights[c] = Math.sqrt((sums[c] / caps[c]) * ((double) caps[c] / selection.samples()));
        }
        long[] quotas = Quotas.share(weights, caps, wanted);
        long[][] ranks = new long[quotas.length][];
        for (int c = 0; c < ranks.length; c++) {
            ranks[c] = new long[] {quotas[c]};
        }
        Ranking gumbel = new Gumbel(classes, temperature, selection.draw(this));
        Cut[] ends = Arrays.stream(RankSearch.find(selection.rows(), gumbel, ranks))
                .map(cuts -> cuts[0])
                .toArray(Cut[]::new);
        return new Rankings.Before(gumbel, ends);
    }

    private record Gumbel(Classes classes, double temperature, Draw draw) implements Ranking {
        private static final long serialVersionUID = 1L;

        @Override
        public int group(long index, float loss, int label) {
            return classes.of(label);
        }

        @Override
        public long key(long index, float loss, int label) {
            double gumbel = -StrictMath.log(-StrictMath.log(draw.open(index)));
            return ~Order.ascending(loss / temperature + gumbel);
        }

        @Override
        public long tie(long index) {
            return draw.bits(index);
        }
    }

    private static final class Sums implements Statistic<Sums> {
        private static final long serialVersionUID = 1L;

        private final Classes classes;
        private final ExactSum[] sums;

        Sums(Classes classes) {
            this.classes = classes;
            this.sums = new ExactSum[classes.size()];
            Arrays.setAll(sums, c -> new ExactSum());
        }

        @Override
        public void add(long index, float loss, int label) {
            sums[classes.of(label)].add(loss);
        }

        @Override
        public void merge(Sums other) {
            for (int c = 0; c < sums.length; c++) {
                sums[c].add(other.sums[c]);
            }
        }

        double[] values() {
            return Arrays.stream(sums).mapToDouble(ExactSum::value).toArray();
        }
    }
}
