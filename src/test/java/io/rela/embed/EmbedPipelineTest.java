package io.rela.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.image.RejectReason;
import io.rela.image.UndecodableImageException;
import io.rela.metrics.Meters;
import io.rela.model.DeviceRequest;
import io.rela.model.Embedder;
import io.rela.model.ModelFile;
import io.rela.storage.Patience;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The timeouts are no measure of speed: without them a fault would hang. */
@Timeout(120)
class EmbedPipelineTest {
    private static final int BATCH = 4;
    /** As many as a pipeline has at a time. */
    private static final int BATCHES = 4;

    private final ModelFile prior = Ppm.prior();
    private final Collected results = new Collected();
    private final Set<ByteBuffer> pool = Collections.newSetFromMap(new IdentityHashMap<>());
    private Embedder embedder;

    @BeforeEach
    void open() {
        embedder = Embedder.open(Ppm.model(prior), DeviceRequest.CPU, List.of(), 1, 0, BATCH, prior.preprocessing());
        // A buffer of another size empties the pool; then it is filled with what tasks before have left.
        BatchBuffers.take(1);
        for (int i = 0; i < BATCHES; i++) {
            ByteBuffer used = BatchBuffers.take(embedder.batchBytes());
            for (int b = 0; b < used.capacity(); b++) {
                used.put(b, (byte) 0x55);
            }
            pool.add(used);
        }
        pool.forEach(BatchBuffers::giveBack);
    }

    @AfterEach
    void close() {
        embedder.close();
        assertThat(queued()).as("whatever became of the pictures").isZero();
    }

    /** Pictures that wait, for a thread or for the model. */
    private static double queued() {
        return Meters.ofProcess().read("queue.decode") + Meters.ofProcess().read("queue.infer");
    }

    /** What came out, in order. */
    private static final class Collected implements EmbedPipeline.Results<Integer> {
        final List<Integer> order = new ArrayList<>();
        final Map<Integer, float[]> features = new TreeMap<>();
        final Map<Integer, String> rejects = new TreeMap<>();

        @Override
        public void feature(Integer key, float[] feature) {
            order.add(key);
            features.put(key, feature);
        }

        @Override
        public void reject(Integer key, RejectReason reason, String detail) {
            order.add(key);
            rejects.put(key, reason.label());
        }
    }

    private EmbedPipeline<Integer> pipeline() {
        return new EmbedPipeline<>(embedder, BATCH, prior.preprocessing(), results);
    }

    /** The model's output for one batch of pictures, by seed; −1 for a slot of zeros. */
    private float[][] direct(int... seeds) {
        ByteBuffer pixels = ByteBuffer.allocateDirect(embedder.batchBytes());
        for (int slot = 0; slot < BATCH; slot++) {
            if (seeds[slot] >= 0) {
                pixels.put(slot * (pixels.capacity() / BATCH), Ppm.levels(seeds[slot]));
            }
        }
        float[] all = embedder.embed(pixels);
        int dimension = all.length / BATCH;
        float[][] features = new float[BATCH][];
        for (int slot = 0; slot < BATCH; slot++) {
            features[slot] = Arrays.copyOfRange(all, slot * dimension, (slot + 1) * dimension);
        }
        return features;
    }

    @Test
    void resultsComeInTheOrderOfThePicturesWhateverIsDecodedFirst() throws Exception {
        CountDownLatch second = new CountDownLatch(Runtime.getRuntime().availableProcessors() > 1 ? 1 : 0);
        try (EmbedPipeline<Integer> pipeline = pipeline()) {
            for (int i = 0; i < 18; i++) {
                int seed = i;
                pipeline.add(i, i, pause -> {
                    if (seed == 0) {
                        awaited(second);
                    } else {
                        second.countDown();
                    }
                    return Ppm.encoded(seed);
                });
            }
            pipeline.finish();
            assertThat(pipeline.seconds()).containsOnlyKeys("read", "decode", "infer");
        }
        assertThat(results.order).isSorted().hasSize(18);
        assertThat(results.features.get(5)).isEqualTo(direct(4, 5, 6, 7)[1]);
        assertThat(results.features.get(17)).isEqualTo(direct(16, 17, -1, -1)[1]);
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPicturesSlotIsItsPositionAndSlotsWithoutOneAreZero() throws Exception {
        try (EmbedPipeline<Integer> pipeline = pipeline()) {
            pipeline.add(9, 9, pause -> Ppm.encoded(9));
            pipeline.add(10, 10, pause -> "no picture".getBytes(StandardCharsets.UTF_8));
            pipeline.add(11, 11, pause -> {
                throw new UndecodableImageException(RejectReason.UNREADABLE, "it is gone");
            });
            pipeline.finish();
        }
        assertThat(results.rejects).containsExactly(Map.entry(10, "unknown-format"), Map.entry(11, "unreadable"));
        assertThat(results.features.get(9)).isEqualTo(direct(-1, 9, -1, -1)[1]);
        ByteBuffer seen = BatchBuffers.take(embedder.batchBytes());
        byte[] bytes = new byte[seen.capacity()];
        seen.get(0, bytes);
        int slot = bytes.length / BATCH;
        assertThat(Arrays.copyOfRange(bytes, slot, 2 * slot)).isEqualTo(Ppm.levels(9));
        assertThat(Arrays.copyOfRange(bytes, 0, slot)).containsOnly(0);
        assertThat(Arrays.copyOfRange(bytes, 2 * slot, bytes.length)).containsOnly(0);
    }

    @Test
    void bytesThatCannotBeReadFailThePipelineAndNoOtherPictureIsTriedAgain() throws Exception {
        IOException busy = new IOException("busy");
        Queue<Boolean> wanted = new ConcurrentLinkedQueue<>();
        try (EmbedPipeline<Integer> pipeline = pipeline()) {
            for (int i = 0; i < 4; i++) {
                int seed = i;
                pipeline.add(i, i, pause -> Ppm.encoded(seed));
            }
            pipeline.add(4, 4, pause -> {
                throw busy;
            });
            for (int i = 5; i < 12; i++) {
                pipeline.add(i, i, pause -> {
                    // Would wait for ever, but for the failure before.
                    wanted.add(pauses(pause));
                    throw new IOException("given up");
                });
            }
            assertThatThrownBy(pipeline::finish).isSameAs(busy);
        }
        assertThat(results.order).containsExactly(0, 1, 2, 3);
        assertThat(wanted).doesNotContain(true);
        assertBuffersAreBack();
    }

    private static boolean pauses(Patience.Pause pause) {
        try {
            return pause.pause(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatTheResultsThrowComesOut() throws Exception {
        EmbedPipeline.Results<Integer> full = new EmbedPipeline.Results<>() {
            @Override
            public void feature(Integer key, float[] feature) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void reject(Integer key, RejectReason reason, String detail) {}
        };
        try (EmbedPipeline<Integer> pipeline = new EmbedPipeline<>(embedder, BATCH, prior.preprocessing(), full)) {
            pipeline.add(0, 0, pause -> Ppm.encoded(0));
            assertThatThrownBy(pipeline::finish).hasMessage("No space left on device");
        }
        assertBuffersAreBack();
    }

    @Test
    void aPictureWithoutAnEndFailsTheTaskByItsName() throws Exception {
        byte[] large = Arrays.copyOf("P6 4000 4000 255\n".getBytes(StandardCharsets.US_ASCII), 3 * 4000 * 4000 + 17);
        EmbedPipeline<Integer> pipeline =
                new EmbedPipeline<>(embedder, BATCH, prior.preprocessing(), results, Duration.ofMillis(1));
        pipeline.add(0, 70, pause -> large);
        assertThatThrownBy(pipeline::finish)
                .isInstanceOfSatisfying(RelaException.class, failure -> assertThat(failure.exitCode())
                        .isEqualTo(ExitCode.INPUT))
                .hasMessageStartingWith("70 has been decoded for more than");
        pipeline.close();
        assertThat(results.order).isEmpty();
        while (queued() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void closingInTheMiddleGivesBuffersBackOnceNobodyWritesToThem() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        EmbedPipeline<Integer> pipeline = pipeline();
        for (int i = 0; i < 11; i++) {
            int seed = i;
            pipeline.add(i, i, pause -> {
                begun.countDown();
                if (seed > 2) {
                    pauses(pause);
                }
                return Ppm.encoded(seed);
            });
        }
        begun.await();
        assertThat(queued()).isEqualTo(11);
        pipeline.close();
        assertThat(results.order).isEmpty();
        assertBuffersAreBack();
    }

    @Test
    void anInterruptEndsTheWaiting() throws Exception {
        try (EmbedPipeline<Integer> pipeline = pipeline()) {
            pipeline.add(0, 0, pause -> {
                pauses(pause);
                return Ppm.encoded(0);
            });
            Thread.currentThread().interrupt();
            assertThatThrownBy(pipeline::finish).isInstanceOf(InterruptedException.class);
        }
        assertThat(Thread.interrupted()).isFalse();
        assertBuffersAreBack();
    }

    /** Everything that was taken of the pool lies in it again. */
    private void assertBuffersAreBack() {
        Set<ByteBuffer> back = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < pool.size(); i++) {
            back.add(BatchBuffers.take(embedder.batchBytes()));
        }
        assertThat(back).isEqualTo(pool);
    }
}
