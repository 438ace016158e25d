package io.rela.embed;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.collection.JavaConverters;

/** How far the waves are: counts running tasks by their heartbeats. Safe for threads; to be closed. */
final class Progress extends SparkListener implements AutoCloseable {
    private final String command;
    private final SparkContext spark;
    private final long total;
    private final long before;
    private final long rejectedBefore;
    private final Tally tally;
    private final long start = System.nanoTime();
    private final Map<Long, long[]> running = new ConcurrentHashMap<>();

    /**
     * Starts to count.
     *
     * @param command whose progress it is
     * @param total samples of the source
     * @param before samples that an earlier run has done
     * @param rejectedBefore how many of those are rejects
     * @param tally counts samples
     */
    Progress(String command, SparkContext spark, long total, long before, long rejectedBefore, Tally tally) {
        this.command = command;
        this.spark = spark;
        this.total = total;
        this.before = before;
        this.rejectedBefore = rejectedBefore;
        this.tally = tally;
        spark.addSparkListener(this);
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
        for (var task : JavaConverters.seqAsJavaList(update.accumUpdates())) {
            long[] counts = new long[2];
            for (AccumulableInfo info : JavaConverters.seqAsJavaList(task._4())) {
                if (info.id() == tally.done().id() && info.update().isDefined()) {
                    counts[0] = (Long) info.update().get();
                } else if (info.id() == tally.rejected().id()
                        && info.update().isDefined()
                        && info.update().get() instanceof Map<?, ?> byReason) {
                    counts[1] = byReason.values().stream()
                            .mapToLong(count -> (Long) count)
                            .sum();
                }
            }
            running.put((Long) task._1(), counts);
        }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        running.remove(end.taskInfo().taskId());
    }

    /** One line that tells it. */
    String line() {
        long now = Math.min(
                total - before,
                tally.done().value()
                        + running.values().stream().mapToLong(c -> c[0]).sum());
        long rejects = rejectedBefore
                + tally.rejected().value().values().stream()
                        .mapToLong(Long::longValue)
                        .sum()
                + running.values().stream().mapToLong(c -> c[1]).sum();
        return line(now, rejects, (System.nanoTime() - start) / 1e9);
    }

    private String line(long now, long rejects, double seconds) {
        double rate = now / seconds;
        String left = now == 0
                ? "?"
                : Duration.ofSeconds((long) ((total - before - now) / rate))
                        .toString()
                        .substring(2)
                        .toLowerCase(Locale.ROOT);
        return String.format(
                Locale.ROOT,
                "%s %,d/%,d  %.1f images/s  %s left  %,d rejected",
                command,
                before + now,
                total,
                rate,
                left,
                rejects);
    }

    /** From now on only what has reached the driver counts: all tasks have ended. */
    void settle() {
        running.clear();
    }

    @Override
    public void close() {
        spark.removeSparkListener(this);
    }
}
