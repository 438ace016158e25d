package io.rela.rank;

import java.io.Serializable;

/** The losses that are known, of those that a pass has seen: their number, range and exact mean. One thread at a time. */
public final class KnownLosses implements Serializable {
    private static final long serialVersionUID = 1L;

    private final ExactSum sum = new ExactSum();
    private long number;
    private float smallest = Float.POSITIVE_INFINITY;
    private float largest = Float.NEGATIVE_INFINITY;

    /** Takes a loss; NaN is none. */
    public void add(float loss) {
        if (!Float.isNaN(loss)) {
            number++;
            sum.add(loss);
            smallest = Math.min(smallest, loss);
            largest = Math.max(largest, loss);
        }
    }

    /** Takes what another one has taken. */
    public void merge(KnownLosses other) {
        number += other.number;
        sum.add(other.sum);
        smallest = Math.min(smallest, other.smallest);
        largest = Math.max(largest, other.largest);
    }

    /** How many are known. */
    public long number() {
        return number;
    }

    /** Their mean: the double nearest to their exact sum, divided by their number; NaN of none. */
    public double mean() {
        return sum.value() / number;
    }

    /** The smallest; infinity of none. */
    public float smallest() {
        return smallest;
    }

    /** The largest; negative infinity of none. */
    public float largest() {
        return largest;
    }

    /** Where a sample without one stands: at the mean, rounded up to a float. */
    public float stand() {
        float mean = (float) mean();
        return mean < mean() ? Math.nextUp(mean) : mean;
    }
}
