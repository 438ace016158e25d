package io.rela.embed;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.image.Preprocessing;
import io.rela.image.RejectReason;
import io.rela.image.UndecodableImageException;
import io.rela.metrics.Meters;
import io.rela.model.Embedder;
import io.rela.storage.Patience;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The path of pictures through one task: they are read and decoded on the executor's pool into the slots of a batch, and
 * the batch goes through the model while the next ones are decoded. A picture's slot is its position modulo the batch, and
 * a slot without a picture is zero: so a batch's content, and with it every bit of a feature, depends on the pictures and
 * their positions alone.
 *
 * <p>One thread at a time. At most {@value #BATCHES_AHEAD} batches wait decoded or in decoding.
 *
 * @param <K> what tells a picture from the others; comes back with its result
 */
public final class EmbedPipeline<K> implements AutoCloseable {
    private static final int BATCHES_AHEAD = 2;
    /** Far more than the largest picture that is decoded at all takes. */
    private static final Duration MOST_DECODING = Duration.ofMinutes(10);

    private static final Duration LOOK = Duration.ofSeconds(10);

    private final Embedder embedder;
    private final int batchSize;
    private final Results<K> results;
    private final ExecutorService pool = DecodePool.get();
    private final PictureLoader loader;
    private final Duration mostDecoding;
    private final Meters meters = Meters.ofProcess();
    private final Deque<Batch<K>> ahead = new ArrayDeque<>();
    private Batch<K> filling;
    private long inferNanos;

    /** One encoded picture. */
    @FunctionalInterface
    public interface Picture {
        /**
         * Fetches the bytes; called once, on a thread of the pool.
         *
         * @param pause how to wait where storage is to be asked again; it ends early when the pipeline is given up
         * @throws UndecodableImageException if there is no picture, which rejects this one only
         * @throws IOException if the bytes cannot be read, which fails the whole pipeline
         */
        byte[] encoded(Patience.Pause pause) throws IOException, UndecodableImageException;
    }

    /** Takes what became of the pictures, in the order in which they were added, on the pipeline's thread. */
    public interface Results<K> {
        /** A picture's feature: D finite values, in memory of their own. */
        void feature(K key, float[] feature) throws IOException;

        /** A picture without a feature. */
        void reject(K key, RejectReason reason, String detail) throws IOException;

        /** A picture's name, for a message. */
        default String name(K key) {
            return key.toString();
        }
    }

    /**
     * @param embedder the model; stays the caller's to close, after this pipeline
     * @param batchSize pictures a batch, as the embedder was opened with
     * @param preprocessing what the model wants to see; its input size as the embedder was opened with
     * @param results takes the features
     */
    public EmbedPipeline(Embedder embedder, int batchSize, Preprocessing preprocessing, Results<K> results) {
        this(embedder, batchSize, preprocessing, results, MOST_DECODING);
    }

    EmbedPipeline(
            Embedder embedder, int batchSize, Preprocessing preprocessing, Results<K> results, Duration mostDecoding) {
        this.mostDecoding = mostDecoding;
        this.embedder = embedder;
        this.batchSize = batchSize;
        this.results = results;
        this.loader = new PictureLoader(preprocessing);
    }

    private record Entry<K>(K key, int slot, DecodingClock clock, Future<Reject> picture) {}

    private static final class Batch<K> {
        final long number;
        final ByteBuffer pixels;
        final List<Entry<K>> entries = new ArrayList<>();

        Batch(long number, ByteBuffer pixels) {
            this.number = number;
            this.pixels = pixels;
        }
    }

    /**
     * Takes the next picture; returns once there is room for another.
     *
     * @param position 0 or more, above that of the picture before
     * @throws IOException what the results throw, or the first picture in order whose bytes could not be read; the pipeline can
     *     then only be closed
     * @throws InterruptedException if the thread is interrupted; the pipeline can then only be closed
     * @throws RelaException when the model does not take the pictures, or a picture's decoding does not come to its end
     */
    public void add(long position, K key, Picture picture) throws IOException, InterruptedException {
        long number = position / batchSize;
        if (filling != null && filling.number != number) {
            ahead.add(filling);
            filling = null;
            if (ahead.size() > BATCHES_AHEAD) {
                embed(ahead.remove());
            }
        }
        if (filling == null) {
            filling = new Batch<>(number, BatchBuffers.take(embedder.batchBytes()));
        }
        int slot = (int) (position % batchSize);
        ByteBuffer pixels = slot(filling.pixels, slot);
        meters.queued();
        DecodingClock clock = new DecodingClock();
        filling.entries.add(new Entry<>(key, slot, clock, pool.submit(() -> load(picture, pixels, clock))));
    }

    private Reject load(Picture picture, ByteBuffer pixels, DecodingClock clock) throws IOException {
        try {
            clock.take();
            return loader.load(picture, pixels, clock);
        } finally {
            meters.decoded();
        }
    }

    /** Embeds all that was added; fails as {@link #add} does. */
    public void finish() throws IOException, InterruptedException {
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
        return Map.of(
                Meters.Part.READ.label(), loader.readSeconds(),
                Meters.Part.DECODE.label(), loader.decodeSeconds(),
                Meters.Part.INFER.label(), inferNanos / 1e9);
    }

    private void embed(Batch<K> batch) throws IOException, InterruptedException {
        try {
            List<Reject> rejects = new ArrayList<>();
            boolean[] filled = new boolean[batchSize];
            for (Entry<K> entry : batch.entries) {
                Reject reject = result(entry);
                rejects.add(reject);
                filled[entry.slot()] = reject == null;
            }
            for (int slot = 0; slot < filled.length; slot++) {
                if (!filled[slot]) {
                    BatchBuffers.zero(slot(batch.pixels, slot));
                }
            }
            long start = System.nanoTime();
            float[] features = embedder.embed(batch.pixels);
            long nanos = System.nanoTime() - start;
            inferNanos += nanos;
            meters.spent(Meters.Part.INFER, nanos);
            handOut(batch, rejects, features);
        } catch (IOException | InterruptedException | RuntimeException e) {
            loader.abandon();
            throw e;
        } finally {
            retire(batch);
        }
    }

    private void handOut(Batch<K> batch, List<Reject> rejects, float[] features) throws IOException {
        int dimension = features.length / batchSize;
        for (int i = 0; i < rejects.size(); i++) {
            Entry<K> entry = batch.entries.get(i);
            int first = entry.slot() * dimension;
            float[] feature = Arrays.copyOfRange(features, first, first + dimension);
            Reject reject = rejects.get(i);
            if (reject == null && !finite(feature)) {
                reject = new Reject(RejectReason.NOT_FINITE, "the model gave NaN or infinity for this picture");
            }
            if (reject == null) {
                results.feature(entry.key(), feature);
                meters.converted();
            } else {
                results.reject(entry.key(), reject.reason(), reject.detail());
                meters.rejected(reject.reason());
            }
        }
    }

    private Reject result(Entry<K> entry) throws IOException, InterruptedException {
        try {
            return awaited(entry);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (e.getCause() instanceof IOException unread) {
                throw unread;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private Reject awaited(Entry<K> entry) throws ExecutionException, InterruptedException {
        Duration look = mostDecoding.compareTo(LOOK) < 0 ? mostDecoding : LOOK;
        while (true) {
            try {
                return entry.picture().get(look.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (entry.clock().exceeds(mostDecoding)) {
                    if (entry.clock().giveUp()) {
                        DecodePool.replaceOne();
                    }
                    throw new RelaException(
                            ExitCode.INPUT,
                            results.name(entry.key()) + " has been decoded for more than " + mostDecoding.toSeconds()
                                    + " s without an end. Take it out of the input, and report it: no picture should do"
                                    + " that.",
                            e);
                }
            }
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
        int bytes = pixels.capacity() / batchSize;
        return pixels.slice(slot * bytes, bytes);
    }

    /**
     * Nobody may write to a buffer that somebody else has taken: waits for the pictures that a thread has taken, whatever becomes
     * of them. A buffer to which a decoder without an end may yet write is nobody's any more.
     */
    private void retire(Batch<K> batch) {
        boolean interrupted = false;
        boolean free = true;
        for (Entry<K> entry : batch.entries) {
            boolean waiting = !entry.clock().drop();
            while (waiting) {
                try {
                    awaited(entry);
                    waiting = false;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    waiting = false;
                } catch (RelaException e) {
                    waiting = false;
                    free = false;
                }
            }
        }
        meters.unqueued(batch.entries.size());
        if (free) {
            BatchBuffers.giveBack(batch.pixels);
        }
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
