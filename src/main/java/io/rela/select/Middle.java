package io.rela.select;

import io.rela.Flag;
import io.rela.rank.Cut;
import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rankings;
import io.rela.rank.Rule;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code middle}: both tails cut: of all samples in ascending order of ℓ the n from the rank ⌊(N − n)·q⌋ on; weight 1. So q = 0
 * is {@code easy}, 1 {@code hard}, and 0.5 takes as many below the median as above. q goes in a straight line from one quantile
 * in the first epoch to another in the last. A rule of this program; cutting both tails is SCAN's idea (Guo et al., 2024, arXiv
 * 2411.09126).
 *
 * @param quantile q of the first epoch, in [0, 1]
 * @param quantileEnd q of the last epoch, in [0, 1]; when empty the same
 */
public record Middle(double quantile, OptionalDouble quantileEnd) implements SelectionPolicy {
    private static final Parameter QUANTILE = Parameter.number(
            "quantile", "Q", Interval.from(0).to(1), 0.5, "where the kept losses lie: 0 easiest, 1 hardest");
    private static final Parameter QUANTILE_END = new Parameter(
            "quantile-end",
            "Q",
            Parameter.Type.NUMBER,
            Interval.from(0).to(1),
            new Parameter.Usual.Derived("as --" + QUANTILE.name()),
            "where they lie in the last of " + Flag.EPOCHS);

    static final PolicyDeclaration DECLARATION = PolicyDeclaration.of("middle")
            .rule("both tails of the losses cut: those around a quantile, which may move with the epoch")
            .source("SCAN", "https://arxiv.org/abs/2411.09126")
            .needs(Need.LOSSES, Need.EPOCHS)
            .parameters(QUANTILE, QUANTILE_END)
            .madeBy(values -> new Middle(values.number(QUANTILE), values.ifThere(QUANTILE_END)));

    @Override
    public PolicyDeclaration declaration() {
        return DECLARATION;
    }

    @Override
    public Optional<String> warning(Selection selection) {
        return moves() ? Annealing.warning(this, selection) : Optional.empty();
    }

    @Override
    public Rule rule(Selection selection) {
        long wanted = selection.wanted();
        long first = Selection.share(quantile(selection), selection.samples() - wanted);
        Ranking easiest = new Rankings.ByLoss(false, selection.draw(this));
        Cut[] cuts = RankSearch.find(selection.rows(), easiest, new long[][] {{first, first + wanted}})[0];
        return new Between(easiest, cuts[0], cuts[1]);
    }

    private boolean moves() {
        return quantileEnd.isPresent() && quantileEnd.getAsDouble() != quantile;
    }

    private double quantile(Selection selection) {
        if (!moves() || selection.epochs().isEmpty()) {
            return quantile;
        }
        int last = selection.epochs().getAsInt() - 1;
        double end = quantileEnd.getAsDouble();
        return selection.epoch() >= last ? end : quantile + (end - quantile) * ((double) selection.epoch() / last);
    }

    private record Between(Ranking ranking, Cut first, Cut end) implements Rule {
        private static final long serialVersionUID = 1L;

        @Override
        public float weight(long index, float loss, float reference, int label) {
            return ranking.isBefore(end, index, loss, reference, label)
                            && !ranking.isBefore(first, index, loss, reference, label)
                    ? 1
                    : 0;
        }
    }
}
