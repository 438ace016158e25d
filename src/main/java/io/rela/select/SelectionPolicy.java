package io.rela.select;

import io.rela.rank.Draw;
import io.rela.rank.Rule;
import java.util.Optional;

/**
 * How an epoch's subset is chosen: statistics of the population first, then a {@link Rule} for one row. In what follows N is
 * the number of samples, R the ratio, n = ⌊N·R⌋ with R taken as the decimal number that was written, ℓ the loss, and u a
 * uniform number of (seed, the policy's name, epoch, index), {@link Draw}: where samples are ordered by u all 64 bits count,
 * where u is a number in [0, 1) it is the upper 53. In every order ties, be they in ℓ or in a key made of it, are broken by u,
 * the smaller first, then by index.
 *
 * <p>A sample without a loss stands at the mean of the others, in every policy that looks at losses. The mean is the double
 * nearest to the exact sum, divided by the number; as a loss it is rounded up to a float, so that it is not below itself.
 * Immutable.
 */
public sealed interface SelectionPolicy
        permits Uniform, Cyclic, InfoBatch, OrderDp, SeTa, CoverageCentric, Rcap, Importance, Extreme {
    /** The name that users write, and that u is drawn for. */
    String name();

    /** Whether it looks at losses; the others work before anything was scored. */
    boolean needsLosses();

    /** Whether the ratio decides the size; the others have a rule of their own. */
    default boolean takesRatio() {
        return true;
    }

    /** Whether it looks at classes. */
    default boolean takesClasses() {
        return false;
    }

    /** Whether k-means clusters stand for the labels where there are none. */
    default boolean clustersUnlabeled() {
        return false;
    }

    /** What a person should know about this selection beforehand. */
    default Optional<String> warning(Selection selection) {
        return Optional.empty();
    }

    /**
     * Settles everything but the rows.
     *
     * @throws io.rela.RelaException when the losses are none that the policy can work with
     */
    Rule rule(Selection selection);
}
