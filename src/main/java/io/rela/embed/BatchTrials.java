package io.rela.embed;

import io.rela.RelaException;
import io.rela.image.PixelLayout;
import io.rela.model.Embedder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Finds the batch size and the layout at which a model gives the most pictures a second where tasks run, by trying. Takes a
 * few seconds; what it finds depends on the machine and on what else it does. Driver only.
 */
public final class BatchTrials {
    private static final List<Integer> CPU = List.of(1, 2, 4, 8, 16, 32, 64, 128);
    private static final List<Integer> GPU = List.of(16, 32, 64, 128, 256, 512);

    /** Tasks that try at the same time, at most: as many as contend for one machine's memory. */
    private static final int MOST_TASKS = 64;

    private static final long TRIAL_NANOS = 400_000_000;

    /** A smaller batch that comes this close to the best is taken: it needs less memory. */
    private static final double CLOSE = 0.97;

    private static final int LAYOUT_TURNS = 2;

    /** Once a size falls this far behind the best, larger ones are not tried. */
    private static final double HOPELESS = 0.8;

    private BatchTrials() {}

    /**
     * Tries the sizes from the smallest on, in as many tasks as run at a time.
     *
     * @param job whose model, device and picture size count
     * @param gpu whether it runs on a GPU
     * @param slots tasks that run at a time, at least 1
     * @param most pictures a batch, at most
     * @return pictures a forward pass; a power of two
     */
    public static int fastest(EmbedJob job, boolean gpu, int slots, int most, JavaSparkContext spark) {
        List<Integer> sizes =
                (gpu ? GPU : CPU).stream().filter(size -> size <= most).toList();
        int tasks = Math.min(slots, MOST_TASKS);
        List<List<Double>> rates = spark.parallelize(
                        IntStream.range(0, tasks).boxed().toList(), tasks)
                .map(task -> measure(job, sizes, TaskContext.get()))
                .collect();
        return choose(sizes, rates);
    }

    /**
     * Whether a model is clearly faster on planar batches than on interleaved ones, tried in turns.
     *
     * @param job whose model, device, batch and picture size count
     * @param slots tasks that run at a time, at least 1
     */
    static boolean isFasterPlanar(EmbedJob job, int slots, JavaSparkContext spark) {
        int tasks = Math.min(slots, MOST_TASKS);
        List<Double> ratios = spark.parallelize(
                        IntStream.range(0, tasks).boxed().toList(), tasks)
                .map(task -> planarToInterleaved(job, TaskContext.get()))
                .collect();
        return ratios.stream().mapToDouble(ratio -> ratio).average().orElseThrow() * CLOSE > 1;
    }

    private static double planarToInterleaved(EmbedJob job, TaskContext task) {
        double planar = 0;
        double interleaved = 0;
        for (int turn = 0; turn < LAYOUT_TURNS; turn++) {
            planar += measure(job.in(PixelLayout.PLANAR), task);
            interleaved += measure(job.in(PixelLayout.INTERLEAVED), task);
        }
        return interleaved == 0 ? 0 : planar / interleaved;
    }

    /**
     * The smallest size whose rate, summed over the tasks, comes close to the best.
     *
     * @param sizes ascending, at least one
     * @param rates one list a task: pictures a second by size; a task may have stopped early
     */
    static int choose(List<Integer> sizes, List<List<Double>> rates) {
        List<Double> sums = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            double sum = 0;
            for (List<Double> ofTask : rates) {
                sum += i < ofTask.size() ? ofTask.get(i) : 0;
            }
            sums.add(sum);
        }
        double best = Collections.max(sums);
        for (int i = 0; i < sizes.size(); i++) {
            if (sums.get(i) >= CLOSE * best) {
                return sizes.get(i);
            }
        }
        throw new IllegalStateException("No size reaches the best rate, " + best);
    }

    private static List<Double> measure(EmbedJob job, List<Integer> sizes, TaskContext task) {
        List<Double> rates = new ArrayList<>();
        double best = 0;
        for (int size : sizes) {
            double rate = measure(job.withBatch(size), task);
            rates.add(rate);
            best = Math.max(best, rate);
            if (rate < HOPELESS * best) {
                break;
            }
        }
        return rates;
    }

    private static double measure(EmbedJob job, TaskContext task) {
        try (Embedder embedder = job.open(task)) {
            ByteBuffer pixels = BatchBuffers.take(embedder.batchBytes());
            try {
                BatchBuffers.zero(pixels);
                embedder.embed(pixels);
                long start = System.nanoTime();
                long passes = 0;
                long nanos = 0;
                while (nanos < TRIAL_NANOS) {
                    embedder.embed(pixels);
                    passes++;
                    nanos = System.nanoTime() - start;
                }
                return passes * job.batch() * 1e9 / nanos;
            } finally {
                BatchBuffers.giveBack(pixels);
            }
        } catch (RelaException | OutOfMemoryError e) {
            // The default's probe has passed: only this size does not fit.
            return 0;
        }
    }
}
