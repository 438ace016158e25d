package io.rela.select;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.rank.Cut;
import io.rela.rank.Draw;
import io.rela.rank.Order;
import io.rela.rank.Population.Statistic;
import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rule;

/**
 * {@code importance}: exactly n samples without replacement, with probability proportional to ℓ. The key is that of Efraimidis
 * and Spirakis (Information Processing Letters 97, 2006) in its exponential form, e = −ln(u)/ℓ; the n smallest are taken. The
 * weight is 1 over the probability of inclusion given the (n+1)-th smallest key τ, 1/(1 − exp(−ℓ·τ)): with it the weighted sum
 * over the subset of any quantity that ℓ does not make 0 is without bias (Cohen and Kaplan, "Summarizing data using bottom-k
 * sketches", PODC 2007). Importance sampling by the loss: Katharopoulos and Fleuret (ICML 2018, arXiv 1803.00942).
 *
 * <p>Samples with ℓ = 0 come last, in the order of u, and only when all others are in; they then weigh their number over those
 * taken. Here u = ((bits ≫ 11) + ½)·2⁻⁵³, so that its logarithm is finite.
 */
public record Importance() implements SelectionPolicy {
    static final PolicyDeclaration DECLARATION = PolicyDeclaration.of("importance")
            .rule("without replacement, in proportion to the loss")
            .weight("1/probability given the threshold")
            .source("importance sampling", "https://arxiv.org/abs/1803.00942")
            .needs(Need.LOSSES)
            .madeBy(values -> new Importance());

    @Override
    public PolicyDeclaration declaration() {
        return DECLARATION;
    }

    @Override
    public Rule rule(Selection selection) {
        requireNonNegative(this, selection);
        long wanted = selection.wanted();
        Ranking keys = new Keys(selection.draw(this));
        Cut end = RankSearch.find(selection.rows(), keys, wanted);
        if (end.equals(Cut.LAST)) {
            return new Annealing.All();
        }
        double threshold = Order.valueOf(end.key());
        double ofZeros = 0;
        if (Double.isInfinite(threshold)) {
            long zeros = selection.rows().scan(new Zeros()).count;
            ofZeros = (double) zeros / (wanted - (selection.samples() - zeros));
        }
        return new Weighted(keys, end, threshold, (float) ofZeros);
    }

    /** For policies that take the loss for a share. */
    static void requireNonNegative(SelectionPolicy policy, Selection selection) {
        if (selection.summary().losses().smallest() < 0) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.POLICY + " " + policy.name() + " takes losses of 0 or more, and there is one of "
                            + selection.summary().losses().smallest() + ". Use another policy, or shift the losses.");
        }
    }

    private record Keys(Draw draw) implements Ranking {
        private static final long serialVersionUID = 1L;

        @Override
        public int group(long index, float loss, float reference, int label) {
            return 0;
        }

        @Override
        public long key(long index, float loss, float reference, int label) {
            // Math.log may differ in the last bit from one processor to the next.
            return Order.ascending(loss == 0 ? Double.POSITIVE_INFINITY : -StrictMath.log(draw.open(index)) / loss);
        }

        @Override
        public long tie(long index) {
            return draw.bits(index);
        }
    }

    private record Weighted(Ranking keys, Cut end, double threshold, float ofZeros) implements Rule {
        private static final long serialVersionUID = 1L;

        @Override
        public float weight(long index, float loss, float reference, int label) {
            if (!keys.isBefore(end, index, loss, reference, label)) {
                return 0;
            }
            return loss == 0 ? ofZeros : (float) (-1 / StrictMath.expm1(-loss * threshold));
        }
    }

    private static final class Zeros implements Statistic<Zeros> {
        private static final long serialVersionUID = 1L;

        private long count;

        @Override
        public void add(long index, float loss, float reference, int label) {
            if (loss == 0) {
                count++;
            }
        }

        @Override
        public void merge(Zeros other) {
            count += other.count;
        }
    }
}
