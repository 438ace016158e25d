package io.rela.rank;

import java.io.Serializable;

/**
 * A place between two rows in a total order: by key, then tie, both unsigned, then index. A row lies before the cut or not.
 * Immutable.
 *
 * @param key of the first row after the cut
 * @param tie of that row
 * @param index of that row
 */
public record Cut(long key, long tie, long index) implements Serializable, Comparable<Cut> {
    /** No row lies before it. */
    static final Cut FIRST = new Cut(0, 0, -1);

    /** Every row lies before it. */
    public static final Cut LAST = new Cut(-1, -1, Long.MAX_VALUE);

    /** Whether the row with these values lies before the cut. */
    boolean isAfter(long rowKey, long rowTie, long rowIndex) {
        return compare(rowKey, rowTie, rowIndex, key, tie, index) < 0;
    }

    @Override
    public int compareTo(Cut other) {
        return compare(key, tie, index, other.key, other.tie, other.index);
    }

    private static int compare(long aKey, long aTie, long aIndex, long bKey, long bTie, long bIndex) {
        int byKey = Long.compareUnsigned(aKey, bKey);
        if (byKey != 0) {
            return byKey;
        }
        int byTie = Long.compareUnsigned(aTie, bTie);
        return byTie != 0 ? byTie : Long.compare(aIndex, bIndex);
    }
}
