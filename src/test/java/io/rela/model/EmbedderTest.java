package io.rela.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;
import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.image.Interpolation;
import io.rela.image.Normalization;
import io.rela.image.PixelLayout;
import io.rela.image.Preprocessing;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

public class EmbedderTest {
    private static final int SIZE = 16;

    @Test
    void aPicturesFeatureDoesNotDependOnItsNeighbours() {
        try (Embedder embedder = open("features16", 4)) {
            byte[] picture = random(7, 3 * SIZE * SIZE);
            float[] alone =
                    embedder.embed(batch(picture, new byte[picture.length], picture, random(8, picture.length)));
            assertThat(alone).hasSize(4 * 24);
            assertThat(Arrays.copyOfRange(alone, 48, 72)).containsExactly(Arrays.copyOfRange(alone, 0, 24));
        }
    }

    @ParameterizedTest
    @EnumSource
    void levelsAreNormalisedWithTorchsFloat32Arithmetic(PixelLayout layout) {
        byte[] everyLevel = new byte[3 * SIZE * SIZE];
        for (int i = 0; i < everyLevel.length; i++) {
            everyLevel[i] = (byte) (i / 3);
        }
        float[] seen;
        try (Embedder embedder = open("input", 1, layout)) {
            seen = embedder.embed(batch(everyLevel));
        }
        float[] means = {0.485f, 0.456f, 0.406f};
        float[] stds = {0.229f, 0.224f, 0.225f};
        for (int i = 0; i < seen.length; i++) {
            assertThat(seen[i]).isEqualTo((i % 256 / 255f - means[i / 256]) / stds[i / 256]);
        }
        // numpy: (np.float32(v) / np.float32(255) - np.float32(mean)) / np.float32(std)
        assertThat(List.of(seen[0], seen[102], seen[256 + 51], seen[256 + 204], seen[512 + 255], seen[512 + 1]))
                .containsExactly(-2.117904f, -0.37117907f, -1.1428571f, 1.5357143f, 2.64f, -1.7870152f);
    }

    @Test
    void bothLayoutsGiveOneFeature() {
        ModelFile prior = ModelFile.read(ModelRequest.of("--prior", "builtin:prior"), new Configuration());
        TorchScript model = prior.script(prior::bytes);
        ByteBuffer batch = batch(
                random(1, prior.preprocessing().pixelBytes()),
                random(2, prior.preprocessing().pixelBytes()));
        List<float[]> features = new ArrayList<>();
        for (PixelLayout layout : PixelLayout.values()) {
            Preprocessing seen = prior.preprocessing().in(layout);
            try (Embedder embedder = Embedder.open(model, DeviceRequest.CPU, List.of(), 1, 0, 2, seen)) {
                features.add(embedder.embed(batch));
            }
        }
        assertThat(features.get(0)).containsExactly(features.get(1), within(1e-4f));
    }

    @Test
    void theModelSeesTorchsChannelsLastOrPlanes() {
        for (PixelLayout layout : PixelLayout.values()) {
            try (Embedder embedder = open("strides", 2, layout)) {
                float[] strides = embedder.embed(batch(new byte[3 * SIZE * SIZE], new byte[3 * SIZE * SIZE]));
                assertThat(Arrays.copyOf(strides, 4))
                        .containsExactly(
                                layout == PixelLayout.INTERLEAVED
                                        ? new float[] {3 * SIZE * SIZE, 1, 3 * SIZE, 3}
                                        : new float[] {3 * SIZE * SIZE, SIZE * SIZE, SIZE, 1});
            }
        }
    }

    @Test
    void aModuleThatViewsItsMemoryAsPlanarIsToldSo() {
        ByteBuffer batch = batch(random(1, 3 * SIZE * SIZE), random(2, 3 * SIZE * SIZE));
        try (Embedder embedder = open("viewing", 2)) {
            assertThatThrownBy(() -> embedder.embed(batch))
                    .isInstanceOf(RelaException.class)
                    .hasMessageContaining("viewing does not take interleaved pictures")
                    .hasMessageContaining("layout=planar")
                    .extracting(e -> ((RelaException) e).exitCode())
                    .isEqualTo(ExitCode.SETTINGS);
        }
        try (Embedder embedder = open("viewing", 2, PixelLayout.PLANAR);
                Embedder other = open("features16", 2, PixelLayout.PLANAR)) {
            assertThat(embedder.embed(batch)).containsExactly(other.embed(batch));
        }
    }

    @Test
    void manyTasksLeaveOneModelAndNoneAfterClosing() {
        for (int task = 0; task < 300; task++) {
            try (Embedder embedder = open("features16", 2)) {
                embedder.embed(batch(random(task, 3 * SIZE * SIZE), random(task + 1, 3 * SIZE * SIZE)));
            }
        }
        assertThat(LoadedModel.count()).isEqualTo(1);
        Embedder.closeIdleModels();
        assertThat(LoadedModel.count()).isZero();
    }

    @Test
    void afterManyTasksDjlsManagerHoldsWhatItHeldBefore() throws ReflectiveOperationException {
        Field field = BaseNDManager.class.getDeclaredField("resources");
        field.setAccessible(true);
        LoadedModel loaded = LoadedModel.lease(model("features16"), TorchRuntime.start(1), ComputeDevice.CPU);
        NDManager manager = loaded.model().getNDManager();
        Map<?, ?> resources = (Map<?, ?>) field.get(manager);
        Set<?> before = Set.copyOf(resources.keySet());
        for (int task = 0; task < 100; task++) {
            try (Embedder embedder = open("features16", 1)) {
                embedder.embed(batch(random(task, 3 * SIZE * SIZE)));
                assertThat(resources).hasSizeGreaterThan(before.size());
            }
            assertThat(resources.keySet()).isEqualTo(before);
        }
        loaded.release();
        Embedder.closeIdleModels();
        assertThat(resources).isEmpty();
        assertThat(manager.isOpen()).isFalse();
    }

    @Test
    void anotherModelTakesThePlaceOfAnIdleOne() {
        open("features16", 2).close();
        try (Embedder other = open("not-finite", 2)) {
            assertThat(LoadedModel.count()).isEqualTo(1);
            assertThat(other.device()).isEqualTo(ComputeDevice.CPU);
        }
    }

    @Test
    void threadsShareOneModel() throws Exception {
        byte[] picture = random(3, 3 * SIZE * SIZE);
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
    @CsvSource({
        "feature-map,(2; 3; 8; 8)",
        "pair,float32 (2; 3); float32 (2; 3)",
        "double,float64 (2; 3)",
        "empty,float32 (2; 0)"
    })
    void anOutputThatIsNotOneFloatMatrixIsRefusedWithItsShape(String model, String shape) {
        try (Embedder embedder = open(model, 2)) {
            ByteBuffer batch = batch(new byte[3 * SIZE * SIZE], new byte[3 * SIZE * SIZE]);
            assertThatThrownBy(() -> embedder.embed(batch))
                    .isInstanceOf(RelaException.class)
                    .hasMessageContaining(shape.replace(';', ','))
                    .hasMessageContaining("N×D")
                    .hasMessageContaining("bin/export-prior")
                    .hasMessageNotContaining("--input-size")
                    .extracting(e -> ((RelaException) e).exitCode())
                    .isEqualTo(ExitCode.SETTINGS);
        }
    }

    @Test
    void aModelOfAnotherInputSizeSaysWhichSettingToMend() {
        TorchScript model = model("features16");
        try (Embedder embedder = Embedder.open(model, DeviceRequest.CPU, List.of(), 1, 0, 2, seeing(20))) {
            ByteBuffer batch = ByteBuffer.allocateDirect(embedder.batchBytes());
            assertThatThrownBy(() -> embedder.embed(batch))
                    .hasMessageContaining("20x20")
                    .hasMessageContaining("--input-size");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gray,to have 1 channels,three channels",
        "half,bias type (c10::Half),bin/export-prior --half",
        "unsupported,Could not run 'aten::sqrt.out',This libtorch lacks the operator",
        "raises,builtins.ValueError: the licence has expired,try it in Python"
    })
    void anotherFaultThanTheSizeSaysWhatLibtorchSaysAndNothingOfTheSize(String model, String cause, String repair) {
        try (Embedder embedder = open(model, 2)) {
            ByteBuffer batch = batch(new byte[3 * SIZE * SIZE], new byte[3 * SIZE * SIZE]);
            assertThatThrownBy(() -> embedder.embed(batch))
                    .isInstanceOf(RelaException.class)
                    .hasMessageContaining(cause)
                    .hasMessageContaining(repair)
                    .hasMessageNotContaining("--input-size")
                    .hasMessageNotContaining("interpreter")
                    .extracting(e -> ((RelaException) e).exitCode())
                    .isEqualTo(ExitCode.SETTINGS);
        }
    }

    @Test
    void aModelThatLooksAtTheSizeItselfIsToldTheSetting() {
        try (Embedder embedder = open("wrong-height", 2)) {
            ByteBuffer batch = batch(new byte[3 * SIZE * SIZE], new byte[3 * SIZE * SIZE]);
            assertThatThrownBy(() -> embedder.embed(batch))
                    .hasMessageContaining("Wrong image height! Expected 224")
                    .hasMessageContaining("--input-size");
        }
    }

    @Test
    void tooLittleMemoryIsAMatterOfTheBatch() {
        try (Embedder embedder = open("greedy", 2)) {
            ByteBuffer batch = batch(new byte[3 * SIZE * SIZE], new byte[3 * SIZE * SIZE]);
            assertThatThrownBy(() -> embedder.embed(batch))
                    .isInstanceOf(RelaException.class)
                    .hasMessageContaining("greedy and 2 pictures do not fit the memory of cpu")
                    .hasMessageContaining("--batch-size")
                    .hasMessageNotContaining("--input-size");
        }
    }

    @Test
    void aFileThatIsNoModuleIsAnInputError() {
        TorchScript model = new TorchScript("--prior x.pt", "0", Precision.FLOAT32, () -> "not a model"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Embedder.open(model, DeviceRequest.CPU, List.of(), 1, 0, 2, seeing(SIZE)))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("--prior x.pt")
                .hasMessageContaining("TorchScript")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.INPUT);
    }

    private static Embedder open(String name, int batch) {
        return open(name, batch, PixelLayout.INTERLEAVED);
    }

    private static Embedder open(String name, int batch, PixelLayout layout) {
        return Embedder.open(
                model(name),
                DeviceRequest.CPU,
                List.of(),
                1,
                0,
                batch,
                seeing(SIZE).in(layout));
    }

    private static TorchScript model(String name) {
        try (InputStream in = EmbedderTest.class.getResourceAsStream("/models/" + name + ".pt")) {
            byte[] bytes = in.readAllBytes();
            return new TorchScript(name, name, Precision.FLOAT32, () -> bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Preprocessing seeing(int size) {
        return new Preprocessing(size, size, Interpolation.BILINEAR, Normalization.IMAGENET);
    }

    private static ByteBuffer batch(byte[]... pictures) {
        ByteBuffer batch = ByteBuffer.allocateDirect(pictures.length * pictures[0].length);
        for (int i = 0; i < pictures.length; i++) {
            batch.put(i * pictures[i].length, pictures[i]);
        }
        return batch;
    }

    private static byte[] random(int seed, int length) {
        byte[] levels = new byte[length];
        new Random(seed).nextBytes(levels);
        return levels;
    }
}
