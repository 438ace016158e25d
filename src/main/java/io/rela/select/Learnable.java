package io.rela.select;

import io.rela.rank.Draw;
import io.rela.rank.Order;
import io.rela.rank.Ranking;
import io.rela.rank.Rule;

/**
 * {@code learnable}: the n largest ℓ − ρ, with weight 1: what the learner has not learned yet and the reference has. Noise and
 * garbage, hard for both, and what is known already fall out. The difference is that of the two floats in double precision,
 * rounded to the nearest double; both zeros are one. Reducible holdout loss (RHO-LOSS; Mindermann et al., ICML 2022, arXiv
 * 2206.07137, equation 3: L[y|x; D_t] − L[y|x; D_ho]), over all samples instead of one batch.
 */
public record Learnable() implements SelectionPolicy {
    static final PolicyDeclaration DECLARATION = PolicyDeclaration.of("learnable")
            .rule("the largest differences of loss and reference loss: not learned yet, but can be")
            .source("RHO-LOSS", "https://arxiv.org/abs/2206.07137")
            .needs(Need.LOSSES, Need.REFERENCE_LOSSES)
            .madeBy(values -> new Learnable());

    @Override
    public PolicyDeclaration declaration() {
        return DECLARATION;
    }

    @Override
    public Rule rule(Selection selection) {
        return selection.first(new ByDifference(selection.draw(this)));
    }

    private record ByDifference(Draw draw) implements Ranking {
        private static final long serialVersionUID = 1L;

        @Override
        public int group(long index, float loss, float reference, int label) {
            return 0;
        }

        @Override
        public long key(long index, float loss, float reference, int label) {
            return ~Order.ascending((double) loss - reference);
        }

        @Override
        public long tie(long index) {
            return draw.bits(index);
        }
    }
}
