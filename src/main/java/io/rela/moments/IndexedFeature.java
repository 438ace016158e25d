package io.rela.moments;

import java.io.Serializable;
import java.util.Objects;

/**
 * The feature of one sample.
 *
 * <p>Meant to live inside one task: Kryo, unlike Java serialisation, does not carry records, so shuffle or cache the two
 * parts instead.
 *
 * @param index the sample's position in the source's order, 0 or more
 * @param values the prior's output, D values; not copied
 */
public record IndexedFeature(long index, float[] values) implements Serializable {

    /** Refuses a negative index and null values. */
    public IndexedFeature {
        if (index < 0) {
            throw new IllegalArgumentException("The index of a feature is " + index + ": give 0 or more.");
        }
        Objects.requireNonNull(values, "values");
    }
}
