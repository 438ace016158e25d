package io.rela.select;

import io.rela.rank.Draw;
import io.rela.rank.Rule;
import java.util.Optional;

/**
 * {@code infobatch}: samples with ℓ at or above the mean of the known losses with weight 1; of those below it, those with u ≥ r with weight
 * 1/(1−r), so that the weighted sum of losses is without bias; from the share δ of the epochs on all, with weight 1.
 * InfoBatch (Qin et al., ICLR 2024), {@code infobatch/infobatch.py}; unlike there, δ·epochs need not be whole.
 *
 * @param pruneProbability r in [0, 1); 0.5 as published
 * @param annealFrom δ in [0, 1]; 0.875 as published
 */
public record InfoBatch(double pruneProbability, double annealFrom) implements SelectionPolicy {
    @Override
    public String name() {
        return "infobatch";
    }

    @Override
    public boolean needsLosses() {
        return true;
    }

    @Override
    public boolean takesRatio() {
        return false;
    }

    @Override
    public Optional<String> warning(Selection selection) {
        return Annealing.warning(this, selection);
    }

    @Override
    public Rule rule(Selection selection) {
        if (selection.isFrom(annealFrom)) {
            return new Annealing.All();
        }
        return new Prune(selection.summary().mean(), pruneProbability, selection.draw(this));
    }

    private record Prune(double mean, double probability, Draw draw) implements Rule {
        private static final long serialVersionUID = 1L;

        @Override
        public float weight(long index, float loss, int label) {
            if (loss >= mean) {
                return 1;
            }
            return draw.unit(index) >= probability ? (float) (1 / (1 - probability)) : 0;
        }
    }
}
