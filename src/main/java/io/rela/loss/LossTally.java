package io.rela.loss;

import io.rela.rank.ExactSum;
import java.io.Serializable;

/** Finite losses in figures, the same for every order. One thread at a time. */
public final class LossTally implements Serializable {
    private static final long serialVersionUID = 1L;

    private final ExactSum sum = new ExactSum();
    private long count;
    private float smallest = Float.POSITIVE_INFINITY;
    private float largest = Float.NEGATIVE_INFINITY;

    /** Counts one loss. */
    public void add(float loss) {
        sum.add(loss);
        count++;
        smallest = Math.min(smallest, loss);
        largest = Math.max(largest, loss);
    }

    /** Counts what another one has counted. */
    public void add(LossTally other) {
        sum.add(other.sum);
        count += other.count;
        smallest = Math.min(smallest, other.smallest);
        largest = Math.max(largest, other.largest);
    }

    /** Number of losses. */
    public long count() {
        return count;
    }

    /** The double nearest to their exact sum, divided by their number; NaN of none. */
    public double mean() {
        return sum.value() / count;
    }

    /** The smallest; infinity of none. */
    public float smallest() {
        return smallest;
    }

    /** The largest; negative infinity of none. */
    public float largest() {
        return largest;
    }
}
