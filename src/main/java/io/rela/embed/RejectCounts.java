package io.rela.embed;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.AccumulatorV2;

/** Counts rejects by reason while tasks run; a task's count arrives when the task ends. Safe for threads. */
public final class RejectCounts extends AccumulatorV2<String, Map<String, Long>> {
    private static final long serialVersionUID = 1L;

    private final TreeMap<String, Long> counts = new TreeMap<>();

    @Override
    public synchronized boolean isZero() {
        return counts.isEmpty();
    }

    @Override
    public synchronized AccumulatorV2<String, Map<String, Long>> copy() {
        RejectCounts copy = new RejectCounts();
        copy.counts.putAll(counts);
        return copy;
    }

    @Override
    public synchronized void reset() {
        counts.clear();
    }

    /** Counts one reject. */
    @Override
    public synchronized void add(String reason) {
        counts.merge(reason, 1L, Long::sum);
    }

    @Override
    public synchronized void merge(AccumulatorV2<String, Map<String, Long>> other) {
        other.value().forEach((reason, count) -> counts.merge(reason, count, Long::sum));
    }

    /** Number of rejects by reason, so far. */
    @Override
    public synchronized Map<String, Long> value() {
        return new TreeMap<>(counts);
    }
}
