package io.rela.select;

import io.rela.Flag;
import io.rela.rank.Draw;
import io.rela.rank.Rule;

/**
 * {@code infobatch}: samples with ℓ at or above the mean of the known losses with weight 1; of those below it, those with u ≥ r with weight
 * 1/(1−r), so that the weighted sum of losses is without bias; from the share δ of the epochs on all, with weight 1.
 * InfoBatch (Qin et al., ICLR 2024), {@code infobatch/infobatch.py}; unlike there, δ·epochs need not be whole.
 *
 * @param pruneProbability r in [0, 1); 0.5 as published
 * @param annealFrom δ in [0, 1]; 0.875 as published
 */
public record InfoBatch(double pruneProbability, double annealFrom) implements SelectionPolicy {
    private static final Parameter PRUNE_PROBABILITY = Parameter.number(
            "prune-probability",
            "P",
            Interval.from(0).below(1),
            0.5,
            "chance of a sample below the mean loss to be left out");
    private static final Parameter ANNEAL_FROM = Parameter.number(
            "anneal-from",
            "SHARE",
            Interval.from(0).to(1),
            0.875,
            "share of " + Flag.EPOCHS + " from which all are kept");

    static final PolicyDeclaration DECLARATION = PolicyDeclaration.of("infobatch")
            .rule("all at or above the mean loss, below it those with u >= P; all from " + Flag.of(ANNEAL_FROM.name())
                    + " on")
            .size("by chance", PRUNE_PROBABILITY)
            .weight("1, below the mean 1/(1-P)")
            .source("InfoBatch", "https://arxiv.org/abs/2303.04947")
            .needs(Need.LOSSES, Need.EPOCHS)
            .parameters(PRUNE_PROBABILITY, ANNEAL_FROM)
            .madeBy(values -> new InfoBatch(values.number(PRUNE_PROBABILITY), values.number(ANNEAL_FROM)));

    @Override
    public PolicyDeclaration declaration() {
        return DECLARATION;
    }

    @Override
    public Rule rule(Selection selection) {
        if (selection.isFrom(annealFrom)) {
            return new Annealing.All();
        }
        return new Prune(selection.summary().losses().mean(), pruneProbability, selection.draw(this));
    }

    private record Prune(double mean, double probability, Draw draw) implements Rule {
        private static final long serialVersionUID = 1L;

        @Override
        public float weight(long index, float loss, float reference, int label) {
            if (loss >= mean) {
                return 1;
            }
            return draw.unit(index) >= probability ? (float) (1 / (1 - probability)) : 0;
        }
    }
}
