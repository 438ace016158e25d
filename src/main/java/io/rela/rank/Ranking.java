package io.rela.rank;

import java.io.Serializable;

/** A total order of rows inside of groups. Immutable; sent to executors. */
public interface Ranking extends Serializable {
    /** The row's group, from 0 on; negative for a row that does not take part. */
    int group(long index, float loss, float reference, int label);

    /** What orders the rows of a group first, unsigned. */
    long key(long index, float loss, float reference, int label);

    /** What orders rows of the same key, unsigned; the index orders the rest. */
    long tie(long index);

    /** Whether the row lies before the cut. */
    default boolean isBefore(Cut cut, long index, float loss, float reference, int label) {
        return cut.isAfter(key(index, loss, reference, label), tie(index), index);
    }
}
