package io.rela.select;

import io.rela.Flag;
import io.rela.rank.Rule;
import java.util.Optional;

/** What policies share that change towards the end of a training run. */
final class Annealing {
    private Annealing() {}

    /** Every row, with weight 1. */
    record All() implements Rule {
        private static final long serialVersionUID = 1L;

        @Override
        public float weight(long index, float loss, float reference, int label) {
            return 1;
        }
    }

    static Optional<String> warning(SelectionPolicy policy, Selection selection) {
        return selection.epochs().isPresent()
                ? Optional.empty()
                : Optional.of(Flag.POLICY + " " + policy.name()
                        + " changes towards the end of a run, and " + Flag.EPOCHS
                        + " does not say when that is: this epoch counts"
                        + " as an early one.");
    }
}
