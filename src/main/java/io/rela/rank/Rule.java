package io.rela.rank;

import java.io.Serializable;

/** Whether one row is in the subset, and with which weight. Immutable, safe for threads; sent to where the rows lie. */
public interface Rule extends Serializable {
    /**
     * The row's weight: what to multiply its loss or gradient by; 0 for a row that is not in the subset.
     *
     * @param index of the sample
     * @param loss finite; NaN only where the policy needs no losses
     * @param label of the sample's class, or {@link Population#NO_CLASS}
     */
    float weight(long index, float loss, int label);
}
