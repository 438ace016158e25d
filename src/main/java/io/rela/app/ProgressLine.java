package io.rela.app;

import io.rela.embed.RejectCounts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import scala.collection.JavaConverters;

/**
 * One line that says how far a command is: redrawn in place on a terminal (bin/rela tells), printed every ten seconds into a log. Counts
 * running tasks by their heartbeats. Safe for threads; to be closed.
 */
final class ProgressLine extends SparkListener {
    private static final long LOG_SECONDS = 10;
    private static final long TERMINAL_MILLIS = 500;

    private final String command;
    private final SparkContext spark;
    private final PrintStream err = System.err;
    private final boolean terminal;
    private final long total;
    private final long before;
    private final long rejectedBefore;
    private final LongAccumulator done;
    private final RejectCounts rejected;
    private final long start = System.nanoTime();
    private final Map<Long, long[]> running = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "rela-progress");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Starts to show progress.
     *
     * @param command whose progress it is
     * @param total samples of the source
     * @param before samples that an earlier run has done
     * @param rejectedBefore how many of those are rejects
     * @param done counts samples
     * @param rejected counts rejects
     */
    ProgressLine(
            String command,
            SparkContext spark,
            long total,
            long before,
            long rejectedBefore,
            LongAccumulator done,
            RejectCounts rejected) {
        this.command = command;
        this.spark = spark;
        this.terminal = "1".equals(System.getenv("RELA_TERMINAL"));
        this.total = total;
        this.before = before;
        this.rejectedBefore = rejectedBefore;
        this.done = done;
        this.rejected = rejected;
        spark.addSparkListener(this);
        long period = terminal ? TERMINAL_MILLIS : LOG_SECONDS * 1000;
        ScheduledFuture<?> unused = clock.scheduleAtFixedRate(this::show, period, period, TimeUnit.MILLISECONDS);
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
        for (var task : JavaConverters.seqAsJavaList(update.accumUpdates())) {
            long[] counts = new long[2];
            for (AccumulableInfo info : JavaConverters.seqAsJavaList(task._4())) {
                if (info.id() == done.id() && info.update().isDefined()) {
                    counts[0] = (Long) info.update().get();
                } else if (info.id() == rejected.id()
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

    private void show() {
        long now = Math.min(
                total - before,
                done.value() + running.values().stream().mapToLong(c -> c[0]).sum());
        long rejects = rejectedBefore
                + rejected.value().values().stream().mapToLong(Long::longValue).sum()
                + running.values().stream().mapToLong(c -> c[1]).sum();
        String line = line(now, rejects, (System.nanoTime() - start) / 1e9);
        if (terminal) {
            err.print("\r" + line + "\u001b[K");
            err.flush();
        } else {
            err.println(line);
        }
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

    /** Shows the last line. */
    void close() {
        clock.shutdownNow();
        spark.removeSparkListener(this);
        // The tasks' counts have all reached the driver by now.
        running.clear();
        show();
        if (terminal) {
            err.println();
        }
    }
}
