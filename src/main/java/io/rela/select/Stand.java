package io.rela.select;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.rank.KnownLosses;
import io.rela.rank.Summary;
import java.io.Serializable;

/**
 * Where samples stand whose losses are not known. Immutable, sent to executors.
 *
 * @param loss of a sample that has none; NaN where the policy looks at none
 * @param reference the same of reference losses
 */
public record Stand(float loss, float reference) implements Serializable {
    /** Nobody looks at losses. */
    static final Stand NOWHERE = new Stand(Float.NaN, Float.NaN);

    /**
     * At the mean of the others, as far as the policy looks at them.
     *
     * @param summary of all samples
     * @throws RelaException when the policy looks at losses of which none is known
     */
    static Stand of(SelectionPolicy policy, Summary summary) {
        return new Stand(
                of(policy, Need.LOSSES, summary.losses(), "Score an epoch first, or name --losses."),
                of(
                        policy,
                        Need.REFERENCE_LOSSES,
                        summary.references(),
                        "Name those of another epoch, or other --reference-losses."));
    }

    private static float of(SelectionPolicy policy, Need need, KnownLosses known, String repair) {
        if (!policy.declaration().needs(need)) {
            return Float.NaN;
        }
        if (known.number() == 0) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--policy " + policy.name() + " needs " + need.text() + ", and no sample has one. " + repair);
        }
        return known.stand();
    }

    /** The loss that a policy sees. */
    public float ofLoss(float known) {
        return Float.isNaN(known) ? loss : known;
    }

    /** The reference loss that a policy sees. */
    public float ofReference(float known) {
        return Float.isNaN(known) ? reference : known;
    }
}
