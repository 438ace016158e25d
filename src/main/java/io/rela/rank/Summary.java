package io.rela.rank;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What every policy may know beforehand: the known losses and reference losses in figures, and the classes. */
public final class Summary implements Population.Statistic<Summary> {
    private static final long serialVersionUID = 1L;

    private final KnownLosses losses = new KnownLosses();
    private final KnownLosses references = new KnownLosses();
    private final TreeMap<Integer, Count> classes = new TreeMap<>();
    private long rows;
    private int lastLabel;
    private Count last;

    private static final class Count implements java.io.Serializable {
        private static final long serialVersionUID = 1L;
        long rows;
    }

    @Override
    public void add(long index, float loss, float reference, int label) {
        rows++;
        if (last == null || label != lastLabel) {
            last = classes.computeIfAbsent(label, l -> new Count());
            lastLabel = label;
        }
        last.rows++;
        losses.add(loss);
        references.add(reference);
    }

    @Override
    public void merge(Summary other) {
        rows += other.rows;
        losses.merge(other.losses);
        references.merge(other.references);
        other.classes.forEach((label, count) -> classes.computeIfAbsent(label, l -> new Count()).rows += count.rows);
        last = null;
    }

    /** N, all rows. */
    public long rows() {
        return rows;
    }

    /** The losses. */
    public KnownLosses losses() {
        return losses;
    }

    /** The reference losses; none where the policy does not look at them. */
    public KnownLosses references() {
        return references;
    }

    /** Rows of each class, ascending; {@link Population#NO_CLASS} counts as one. */
    public SortedMap<Integer, Long> classes() {
        TreeMap<Integer, Long> counts = new TreeMap<>();
        classes.forEach((label, count) -> counts.put(label, count.rows));
        return Collections.unmodifiableSortedMap(counts);
    }
}
