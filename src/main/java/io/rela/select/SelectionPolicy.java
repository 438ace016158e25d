package io.rela.select;

import io.rela.rank.Draw;
import io.rela.rank.Rule;
import java.util.Optional;

/**
 * How an epoch's subset is chosen: statistics of the population first, then a {@link Rule} for one row. In what follows N is
 * the number of samples, R the ratio, n = ⌊N·R⌋ with R taken as the decimal number that was written, ℓ the loss, ρ the
 * reference loss, and u a uniform number of (seed, the policy's name, epoch, index), {@link Draw}: where samples are ordered
 * by u all 64 bits count, where u is a number in [0, 1) it is the upper 53. In every order ties, be they in ℓ or in a key made
 * of it, are broken by u, the smaller first, then by index.
 *
 * <p>A sample without a loss stands at the mean of the others, in every policy that looks at losses, and one without a
 * reference loss at the mean of the others' reference losses. The mean is the double nearest to the exact sum, divided by the
 * number; as a loss it is rounded up to a float, so that it is not below itself. Immutable.
 *
 * <p>To add a policy, write its class and permit it here. Beside its rule the class has a static field {@code DECLARATION};
 * what users may write, read and set follows from that.
 */
public sealed interface SelectionPolicy
        permits Uniform,
                Cyclic,
                InfoBatch,
                OrderDp,
                SeTa,
                CoverageCentric,
                Rcap,
                Importance,
                Middle,
                Learnable,
                Hard,
                Easy {
    /** What the policy says of itself. */
    PolicyDeclaration declaration();

    /** The name that users write, and that u is drawn for. */
    default String name() {
        return declaration().name();
    }

    /** What a person should know about this selection beforehand. */
    default Optional<String> warning(Selection selection) {
        return declaration().needs(Need.EPOCHS) ? Annealing.warning(this, selection) : Optional.empty();
    }

    /**
     * Settles everything but the rows.
     *
     * @throws io.rela.RelaException when the losses are none that the policy can work with
     */
    Rule rule(Selection selection);
}
