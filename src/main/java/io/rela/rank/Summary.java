package io.rela.rank;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What every policy may know of the losses: how many, their range, their exact mean, and the classes. */
public final class Summary implements Population.Statistic<Summary> {
    private static final long serialVersionUID = 1L;

    private final ExactSum sum = new ExactSum();
    private final TreeMap<Integer, Count> classes = new TreeMap<>();
    private long rows;
    private long known;
    private float smallest = Float.POSITIVE_INFINITY;
    private float largest = Float.NEGATIVE_INFINITY;
    private int lastLabel;
    private Count last;

    private static final class Count implements java.io.Serializable {
        private static final long serialVersionUID = 1L;
        long rows;
    }

    @Override
    public void add(long index, float loss, int label) {
        rows++;
        if (last == null || label != lastLabel) {
            last = classes.computeIfAbsent(label, l -> new Count());
            lastLabel = label;
        }
        last.rows++;
        if (!Float.isNaN(loss)) {
            known++;
            sum.add(loss);
            smallest = Math.min(smallest, loss);
            largest = Math.max(largest, loss);
        }
    }

    @Override
    public void merge(Summary other) {
        rows += other.rows;
        known += other.known;
        sum.add(other.sum);
        smallest = Math.min(smallest, other.smallest);
        largest = Math.max(largest, other.largest);
        other.classes.forEach((label, count) -> classes.computeIfAbsent(label, l -> new Count()).rows += count.rows);
        last = null;
    }

    /** N, all rows. */
    public long rows() {
        return rows;
    }

    /** Rows that have a loss. */
    public long known() {
        return known;
    }

    /** The mean of the known losses: the double nearest to their exact sum, divided by their number; NaN of none. */
    public double mean() {
        return sum.value() / known;
    }

    /** The smallest known loss; infinity of none. */
    public float smallest() {
        return smallest;
    }

    /** The largest known loss; negative infinity of none. */
    public float largest() {
        return largest;
    }

    /** Rows of each class, ascending; {@link Population#NO_CLASS} counts as one. */
    public SortedMap<Integer, Long> classes() {
        TreeMap<Integer, Long> counts = new TreeMap<>();
        classes.forEach((label, count) -> counts.put(label, count.rows));
        return Collections.unmodifiableSortedMap(counts);
    }

    /** Where a sample without a loss stands: at the mean, rounded up to a float. */
    public float stand() {
        float mean = (float) mean();
        return mean < mean() ? Math.nextUp(mean) : mean;
    }
}
