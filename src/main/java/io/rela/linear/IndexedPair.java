package io.rela.linear;

import java.io.Serializable;
import java.util.Objects;

/**
 * Two representations of one sample.
 *
 * <p>Meant to live inside one task: Kryo, unlike Java serialisation, does not carry records, so shuffle or cache the parts
 * instead.
 *
 * @param index the sample's position in the source's order, 0 or more
 * @param x what is mapped, D values; not copied
 * @param y what it is mapped to, k values; not copied
 */
public record IndexedPair(long index, float[] x, float[] y) implements Serializable {

    /** Refuses a negative index, and null or empty values. */
    public IndexedPair {
        if (index < 0) {
            throw new IllegalArgumentException("The index of a pair is " + index + ": give 0 or more.");
        }
        Objects.requireNonNull(x, "x");
        Objects.requireNonNull(y, "y");
        if (x.length == 0 || y.length == 0) {
            throw new IllegalArgumentException("The pair of index " + index + " has " + x.length + " and " + y.length
                    + " values: give 1 or more of each.");
        }
    }

    /** The same sample, the other way round. */
    IndexedPair swapped() {
        return new IndexedPair(index, y, x);
    }
}
