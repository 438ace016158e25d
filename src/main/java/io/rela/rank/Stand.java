package io.rela.rank;

import java.io.Serializable;

/**
 * Where samples stand whose losses are not known. Immutable, sent to executors.
 *
 * @param loss of a sample that has none; NaN where the policy looks at none
 * @param reference the same of reference losses
 */
public record Stand(float loss, float reference) implements Serializable {
    /** Nobody looks at losses. */
    public static final Stand NOWHERE = new Stand(Float.NaN, Float.NaN);

    /** The loss that a policy sees. */
    public float ofLoss(float known) {
        return Float.isNaN(known) ? loss : known;
    }

    /** The reference loss that a policy sees. */
    public float ofReference(float known) {
        return Float.isNaN(known) ? reference : known;
    }
}
