package io.rela.prior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbedderTest {
    private static final int SIZE = 16;

    @Test
    void aPicturesFeatureDoesNotDependOnItsNeighbours() {
        try (Embedder embedder = open("features16", 4)) {
            float[] picture = random(7, 3 * SIZE * SIZE);
            float[] alone =
                    embedder.embed(batch(picture, new float[picture.length], picture, random(8, picture.length)));
            assertThat(alone).hasSize(4 * 24);
            assertThat(Arrays.copyOfRange(alone, 48, 72)).containsExactly(Arrays.copyOfRange(alone, 0, 24));
        }
    }

    @Test
    void manyTasksLeaveOneModelAndNoneAfterClosing() {
        for (int task = 0; task < 300; task++) {
            try (Embedder embedder = open("features16", 2)) {
                embedder.embed(batch(random(task, 3 * SIZE * SIZE), random(task + 1, 3 * SIZE * SIZE)));
            }
        }
        assertThat(LoadedPrior.count()).isEqualTo(1);
        Embedder.closeIdleModels();
        assertThat(LoadedPrior.count()).isZero();
    }

    @Test
    void anotherModelTakesThePlaceOfAnIdleOne() {
        open("features16", 2).close();
        try (Embedder other = open("not-finite", 2)) {
            assertThat(LoadedPrior.count()).isEqualTo(1);
            assertThat(other.device()).isEqualTo(ComputeDevice.CPU);
        }
    }

    @Test
    void threadsShareOneModel() throws Exception {
        float[] picture = random(3, 3 * SIZE * SIZE);
        float[] expected;
        try (Embedder embedder = open("features16", 1)) {
            expected = embedder.embed(batch(picture));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<float[]> task = () -> {
                try (Embedder embedder = open("features16", 1)) {
                    return embedder.embed(batch(picture));
                }
            };
            for (Future<float[]> features : threads.invokeAll(List.of(task, task, task, task))) {
                assertThat(features.get()).containsExactly(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @CsvSource({"feature-map,(2; 3; 8; 8)", "pair,float32 (2; 3); float32 (2; 3)", "double,float64 (2; 3)"})
    void anOutputThatIsNotOneFloatMatrixIsRefusedWithItsShape(String model, String shape) {
        try (Embedder embedder = open(model, 2)) {
            ByteBuffer batch = batch(new float[3 * SIZE * SIZE], new float[3 * SIZE * SIZE]);
            assertThatThrownBy(() -> embedder.embed(batch))
                    .isInstanceOf(RelaException.class)
                    .hasMessageContaining(shape.replace(';', ','))
                    .hasMessageContaining("N×D")
                    .extracting(e -> ((RelaException) e).exitCode())
                    .isEqualTo(ExitCode.SETTINGS);
        }
    }

    @Test
    void aModelOfAnotherInputSizeSaysWhichSettingToMend() {
        PriorModel model = model("features16");
        try (Embedder embedder = Embedder.open(model, DeviceRequest.CPU, List.of(), 1, 0, 2, 20)) {
            ByteBuffer batch = ByteBuffer.allocateDirect(embedder.batchBytes()).order(ByteOrder.nativeOrder());
            assertThatThrownBy(() -> embedder.embed(batch))
                    .hasMessageContaining("20x20")
                    .hasMessageContaining("--input-size");
        }
    }

    @Test
    void aFileThatIsNoModuleIsAnInputError() {
        PriorModel model = new PriorModel(
                "--prior x.pt", "0", () -> "not a model".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Embedder.open(model, DeviceRequest.CPU, List.of(), 1, 0, 2, SIZE))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("--prior x.pt")
                .hasMessageContaining("TorchScript")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.INPUT);
    }

    private static Embedder open(String name, int batch) {
        return Embedder.open(model(name), DeviceRequest.CPU, List.of(), 1, 0, batch, SIZE);
    }

    private static PriorModel model(String name) {
        try (InputStream in = EmbedderTest.class.getResourceAsStream("/models/" + name + ".pt")) {
            byte[] bytes = in.readAllBytes();
            return new PriorModel(name, name, () -> bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static ByteBuffer batch(float[]... pictures) {
        ByteBuffer batch = ByteBuffer.allocateDirect(pictures.length * pictures[0].length * Float.BYTES)
                .order(ByteOrder.nativeOrder());
        for (int i = 0; i < pictures.length; i++) {
            batch.asFloatBuffer().put(i * pictures[i].length, pictures[i]);
        }
        return batch;
    }

    private static float[] random(int seed, int length) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }
}
