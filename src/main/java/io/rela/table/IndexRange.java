package io.rela.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring samples.
 *
 * @param first index of the first
 * @param end index after the last, above {@code first}
 */
public record IndexRange(long first, long end) implements Serializable {
    /** Every index. */
    public static final IndexRange ALL = new IndexRange(0, Long.MAX_VALUE);

    public IndexRange {
        if (first < 0 || end <= first) {
            throw new IllegalArgumentException("No range of indices: [" + first + ", " + end + ")");
        }
    }

    private static final long SAMPLES_PER_TASK = 100_000;
    private static final long MOST_TASKS = 10_000;

    /** Cuts this range for tasks that do little with a sample: 100,000 samples per task, and at most 10,000 tasks. */
    public List<IndexRange> split() {
        return split((int) Math.min(1 + (size() - 1) / SAMPLES_PER_TASK, MOST_TASKS));
    }

    /** Cuts this range into at most {@code parts} neighbours of like size. */
    public List<IndexRange> split(int parts) {
        long used = Math.min(parts, size());
        List<IndexRange> ranges = new ArrayList<>();
        for (long part = 0; part < used; part++) {
            long from = first + part * (size() / used) + Math.min(part, size() % used);
            ranges.add(new IndexRange(from, from + size() / used + (part < size() % used ? 1 : 0)));
        }
        return ranges;
    }

    /** How many samples. */
    public long size() {
        return end - first;
    }

    /** Whether the ranges share an index. */
    public boolean overlaps(IndexRange other) {
        return first < other.end && other.first < end;
    }

    /** The smallest range that holds both. */
    public IndexRange spanning(IndexRange other) {
        return new IndexRange(Math.min(first, other.first), Math.max(end, other.end));
    }
}
