package io.rela.embed;

import io.rela.image.RejectReason;
import io.rela.prior.Embedder;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.spark.util.LongAccumulator;

/**
 * The path of pictures through one task: samples come in index order, are read and decoded on the executor's pool into the
 * slots of a batch, and the batch goes through the model while the next ones are decoded. A sample's slot is its index
 * modulo the batch, and a slot without a picture is zero: so a batch's content, and with it every bit of a feature, depends
 * on the source alone.
 *
 * <p>One task's thread. At most {@value #BATCHES_AHEAD} batches wait decoded or in decoding.
 */
final class EmbedPipeline implements AutoCloseable {
    private static final int BATCHES_AHEAD = 2;

    private final EmbedJob job;
    private final Embedder embedder;
    private final EmbedOutput output;
    private final LongAccumulator done;
    private final LongAccumulator rejected;
    private final ExecutorService pool = DecodePool.get();
    private final PictureLoader loader;
    private final Deque<Batch> ahead = new ArrayDeque<>();
    private Batch filling;
    private long inferNanos;

    EmbedPipeline(
            EmbedJob job,
            Embedder embedder,
            SampleReader reader,
            EmbedOutput output,
            LongAccumulator done,
            LongAccumulator rejected) {
        this.job = job;
        this.embedder = embedder;
        this.output = output;
        this.done = done;
        this.rejected = rejected;
        this.loader = new PictureLoader(reader, job.preprocessing());
    }

    private static final class Batch {
        final long number;
        final ByteBuffer pixels;
        final List<Sample> samples = new ArrayList<>();
        final List<Future<Reject>> pictures = new ArrayList<>();

        Batch(long number, ByteBuffer pixels) {
            this.number = number;
            this.pixels = pixels;
        }
    }

    /** Takes the next sample; returns once there is room for another. */
    void add(Sample sample) throws IOException, InterruptedException {
        long number = sample.index() / job.batch();
        if (filling != null && filling.number != number) {
            ahead.add(filling);
            filling = null;
            if (ahead.size() > BATCHES_AHEAD) {
                embed(ahead.remove());
            }
        }
        if (filling == null) {
            filling = new Batch(number, BatchBuffers.take(embedder.batchBytes()));
        }
        ByteBuffer slot = slot(filling.pixels, (int) (sample.index() % job.batch()));
        filling.samples.add(sample);
        filling.pictures.add(pool.submit(() -> loader.load(sample, slot)));
    }

    /** Embeds all that was added. */
    void finish() throws IOException, InterruptedException {
        if (filling != null) {
            ahead.add(filling);
            filling = null;
        }
        while (!ahead.isEmpty()) {
            embed(ahead.remove());
        }
    }

    /** Seconds by part so far: read and decode summed over the pool's threads, infer of this one. */
    Map<String, Double> seconds() {
        return Map.of("read", loader.readSeconds(), "decode", loader.decodeSeconds(), "infer", inferNanos / 1e9);
    }

    private void embed(Batch batch) throws IOException, InterruptedException {
        try {
            Reject[] rejects = new Reject[batch.samples.size()];
            boolean[] filled = new boolean[job.batch()];
            for (int i = 0; i < rejects.length; i++) {
                rejects[i] = result(batch.pictures.get(i));
                filled[(int) (batch.samples.get(i).index() % job.batch())] = rejects[i] == null;
            }
            for (int slot = 0; slot < filled.length; slot++) {
                if (!filled[slot]) {
                    clear(slot(batch.pixels, slot));
                }
            }
            long start = System.nanoTime();
            float[] features = embedder.embed(batch.pixels);
            inferNanos += System.nanoTime() - start;
            write(batch, rejects, features);
        } finally {
            retire(batch);
        }
    }

    private void write(Batch batch, Reject[] rejects, float[] features) throws IOException {
        int dimension = features.length / job.batch();
        for (int i = 0; i < rejects.length; i++) {
            Sample sample = batch.samples.get(i);
            int slot = (int) (sample.index() % job.batch());
            float[] feature = Arrays.copyOfRange(features, slot * dimension, (slot + 1) * dimension);
            Reject reject = rejects[i];
            if (reject == null && !finite(feature)) {
                reject = new Reject(RejectReason.NOT_FINITE, "the model gave NaN or infinity for this picture");
            }
            if (reject == null) {
                output.feature(sample, feature);
            } else {
                output.reject(sample, reject.reason(), reject.detail());
                rejected.add(1);
            }
            done.add(1);
        }
    }

    private static Reject result(Future<Reject> picture) throws IOException, InterruptedException {
        try {
            return picture.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IOException(e.getCause());
        }
    }

    private static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private ByteBuffer slot(ByteBuffer pixels, int slot) {
        int bytes = pixels.capacity() / job.batch();
        return pixels.slice(slot * bytes, bytes).order(pixels.order());
    }

    private static void clear(ByteBuffer slot) {
        while (slot.hasRemaining()) {
            slot.put((byte) 0);
        }
    }

    /** Nobody may write to a buffer that somebody else has taken: waits for the pictures, whatever became of them. */
    private void retire(Batch batch) {
        boolean interrupted = false;
        for (Future<Reject> picture : batch.pictures) {
            boolean waiting = true;
            while (waiting) {
                try {
                    picture.get();
                    waiting = false;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    waiting = false;
                }
            }
        }
        BatchBuffers.giveBack(batch.pixels);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives up what was not embedded. */
    @Override
    public void close() {
        loader.abandon();
        if (filling != null) {
            retire(filling);
            filling = null;
        }
        while (!ahead.isEmpty()) {
            retire(ahead.remove());
        }
    }
}
