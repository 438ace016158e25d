package io.rela.embed;

import java.io.Serializable;

/**
 * Neighbouring samples.
 *
 * @param first index of the first
 * @param end index after the last, above {@code first}
 */
public record IndexRange(long first, long end) implements Serializable {
    public IndexRange {
        if (first < 0 || end <= first) {
            throw new IllegalArgumentException("No range of indices: [" + first + ", " + end + ")");
        }
    }

    /** How many samples. */
    public long size() {
        return end - first;
    }

    /** Whether the ranges share an index. */
    public boolean overlaps(IndexRange other) {
        return first < other.end && other.first < end;
    }
}
