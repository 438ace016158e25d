package io.rela.embed;

import io.rela.RelaException;
import io.rela.table.IndexRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Runs the waves that are not finished yet, two at a time: the next one fills the slots that the last tasks of this one
 * leave. Driver only, used once.
 */
public final class Waves {
    private static final int AT_A_TIME = 2;
    private static final int STOP_SECONDS = 60;
    private static final int WATCH_SECONDS = 5;

    private final JavaSparkContext spark;
    private final WaveStore<?> store;
    private final WavePlan plan;
    private final List<TaskReport> reports = new ArrayList<>();
    private final List<IndexRange> left = new ArrayList<>();

    /** Looks which waves are finished; those in which pictures were gone are not. */
    public Waves(JavaSparkContext spark, WaveStore<?> store, WavePlan plan) {
        this.spark = spark;
        this.store = store;
        this.plan = plan;
        for (IndexRange wave : plan.waves()) {
            store.wave(wave)
                    .filter(done -> done.stream().noneMatch(TaskReport::lacksPictures))
                    .ifPresentOrElse(reports::addAll, () -> left.add(wave));
        }
    }

    /** The reports of the waves that were finished before. */
    public List<TaskReport> before() {
        return List.copyOf(reports);
    }

    /**
     * Runs what is left.
     *
     * @param step embeds a wave
     * @param tasks a wave, at most
     * @param watch is called every few seconds and after each wave; what it throws ends the command
     * @return the reports of all waves, in order
     */
    public List<TaskReport> run(EmbedStep step, int tasks, Runnable watch) {
        String group = "rela-embed-" + UUID.randomUUID();
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        List<Future<?>> submitted = new ArrayList<>();
        try {
            CompletionService<List<TaskReport>> running = new ExecutorCompletionService<>(threads);
            for (IndexRange wave : left) {
                submitted.add(running.submit(() -> {
                    spark.setJobGroup(group, "embed samples " + wave.first() + " to " + (wave.end() - 1), true);
                    List<TaskReport> written = step.run(plan.split(wave, tasks));
                    store.finish(wave, written);
                    return written;
                }));
            }
            for (int finished = 0; finished < left.size(); ) {
                Future<List<TaskReport>> wave = running.poll(WATCH_SECONDS, TimeUnit.SECONDS);
                if (wave != null) {
                    reports.addAll(wave.get());
                    finished++;
                }
                watch.run();
            }
            reports.sort(Comparator.comparingLong(report -> report.range().first()));
            return reports;
        } catch (ExecutionException e) {
            RelaException known = RelaException.in(e);
            throw known != null ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        } finally {
            stop(group, threads, submitted);
        }
    }

    /**
     * Ends the waves' jobs. A wave whose job has ended is not interrupted while it is noted as finished; what still runs on
     * executors writes nothing that counts.
     */
    private void stop(String group, ExecutorService threads, List<Future<?>> submitted) {
        // A group without jobs is one that Spark 4 warns of.
        boolean ended = submitted.stream().allMatch(Future::isDone);
        submitted.forEach(wave -> wave.cancel(false));
        threads.shutdown();
        try {
            for (int second = 0; second < STOP_SECONDS && !ended; second++) {
                // Again each time: a wave may have been about to start its job.
                spark.cancelJobGroup(group);
                ended = threads.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
