package io.rela.rank;

import java.io.Serializable;
import java.util.Arrays;
import java.util.SortedMap;

/** Classes by number: ascending labels, the samples without one first. Immutable, safe for threads. */
public final class Classes implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int[] labels;
    private final long[] rows;

    /** The classes that have rows. */
    public Classes(SortedMap<Integer, Long> counts) {
        labels = counts.keySet().stream().mapToInt(Integer::intValue).toArray();
        rows = counts.values().stream().mapToLong(Long::longValue).toArray();
    }

    /** How many. */
    public int size() {
        return labels.length;
    }

    /** The number of a label's class. */
    public int of(int label) {
        return Arrays.binarySearch(labels, label);
    }

    /** Rows of a class. */
    public long rows(int number) {
        return rows[number];
    }
}
