package io.rela.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.image.Interpolation;
import io.rela.image.Normalization;
import io.rela.image.PixelLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
    private static final ModelFile.Overrides NOTHING = new ModelFile.Overrides(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    @TempDir
    Path folder;

    @Test
    void aModelDirectoryCarriesItsPreprocessing() throws IOException {
        ModelFile prior = read(directory("""
                engine=PyTorch
                option.modelName=net
                width=224
                height=224
                resize=256
                centerCrop=true
                normalize=0.1,0.2,0.3,0.4,0.5,0.6
                interpolation=bicubic
                source=somewhere
                """), NOTHING);
        assertThat(prior.preprocessing().resize()).isEqualTo(256);
        assertThat(prior.preprocessing().inputSize()).isEqualTo(224);
        assertThat(prior.preprocessing().interpolation()).isEqualTo(Interpolation.BICUBIC);
        assertThat(prior.preprocessing().normalization())
                .isEqualTo(new Normalization(0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f));
        assertThat(prior.source()).contains("somewhere");
    }

    @Test
    void theCommandLineWinsOverTheDirectory() throws IOException {
        ModelFile prior = read(
                directory("width=224\nresize=256\nnormalize=0.1,0.2,0.3,0.4,0.5,0.6\n"),
                new ModelFile.Overrides(
                        Optional.of(64),
                        Optional.empty(),
                        Optional.of(Interpolation.BICUBIC),
                        Optional.empty(),
                        Optional.of(List.of(1f, 2f, 3f))));
        assertThat(prior.preprocessing().inputSize()).isEqualTo(64);
        assertThat(prior.preprocessing().resize()).isEqualTo(64);
        assertThat(prior.preprocessing().normalization()).isEqualTo(new Normalization(0.1f, 0.2f, 0.3f, 1f, 2f, 3f));
    }

    @Test
    void aBareFileTakesImagenetsUsualInput() throws IOException {
        ModelFile prior = read(directory("").resolve("net.pt"), NOTHING);
        assertThat(prior.preprocessing().inputSize()).isEqualTo(224);
        assertThat(prior.preprocessing().resize()).isEqualTo(224);
        assertThat(prior.preprocessing().normalization()).isEqualTo(Normalization.IMAGENET);
    }

    @Test
    void builtInModelsAreWhatTheirPropertiesSay() {
        for (String name : List.of("prior", "learner-early", "learner-middle", "learner-late", "learner-late-logits")) {
            ModelFile prior = ModelFile.read(ModelRequest.of("--prior", "builtin:" + name), new Configuration());
            assertThat(prior.preprocessing().inputSize()).isEqualTo(32);
            assertThat(prior.sha256()).hasSize(64);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "width=224,height=200|height=200",
                "resize=100,width=224|crop 224 is larger than the resize 100",
                "centerCrop=false|centerCrop=false",
                "normalize=0.5|normalize=0.5",
                "interpolation=lanczos|lanczos",
                "width=many|width=many"
            })
    void propertiesThatContradictThemselvesAreNamed(String properties, String message) throws IOException {
        Path directory = directory(properties.replace(',', '\n'));
        assertFails(() -> read(directory, NOTHING), ExitCode.SETTINGS, message);
    }

    @Test
    void theLayoutIsInterleavedUnlessTheDirectorySaysOtherwise() throws IOException {
        ModelFile open = read(directory(""), NOTHING);
        assertThat(open.layout()).isEmpty();
        assertThat(open.preprocessing().layout()).isEqualTo(PixelLayout.INTERLEAVED);
        ModelFile planar = read(directory("layout=planar\n"), NOTHING);
        assertThat(planar.layout()).contains(PixelLayout.PLANAR);
        assertThat(planar.preprocessing().layout()).isEqualTo(PixelLayout.PLANAR);
        assertThat(read(directory("layout=interleaved\n"), NOTHING).layout()).contains(PixelLayout.INTERLEAVED);
        Path wrong = directory("layout=nchw\n");
        assertFails(
                () -> read(wrong, NOTHING),
                ExitCode.SETTINGS,
                "--prior " + wrong + ": layout=nchw in its serving.properties: write interleaved or planar");
    }

    @Test
    void aDamagedModelFileIsFoundByItsHash() throws IOException {
        Path directory = directory("sha256=00ff\n");
        assertFails(() -> read(directory, NOTHING), ExitCode.INPUT, "SHA-256");
    }

    @Test
    void aPinnedModelIsThatFileOrNothing() throws IOException {
        Path directory = directory("");
        for (String uri : List.of(directory.resolve("net.pt").toString(), directory.toString(), "builtin:prior")) {
            String sha256 = ModelFile.read(ModelRequest.of("--prior", uri), new Configuration())
                    .sha256();
            assertThat(pinned(uri, sha256.toUpperCase(Locale.ROOT)).sha256()).isEqualTo(sha256);
            String other = "0".repeat(64);
            assertFails(() -> pinned(uri, other), ExitCode.SETTINGS, "--learner " + uri);
            assertFails(() -> pinned(uri, other), ExitCode.SETTINGS, sha256 + ", --learner-sha256 asks for " + other);
        }
    }

    @Test
    void thePinComesBeforeWhatTheDirectorySaysOfItsFile() throws IOException {
        Path directory = directory("sha256=00ff\n");
        assertFails(() -> pinned(directory.toString(), "0".repeat(64)), ExitCode.SETTINGS, "--learner-sha256");
    }

    private static ModelFile pinned(String uri, String sha256) {
        return ModelFile.read(
                new ModelRequest("--learner", uri, NOTHING, Optional.of(sha256), PrecisionRequest.FLOAT32, false),
                new Configuration());
    }

    @Test
    void whatIsMissingIsAnInputError() throws IOException {
        assertFails(() -> read(folder.resolve("nowhere.pt"), NOTHING), ExitCode.INPUT, "nowhere.pt");
        assertFails(
                () -> ModelFile.read(ModelRequest.of("--prior", "builtin:nobody"), new Configuration()),
                ExitCode.INPUT,
                "builtin:nobody");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertFails(() -> read(empty, NOTHING), ExitCode.INPUT, "serving.properties");
        Path two = directory("width=16\n");
        Files.copy(two.resolve("net.pt"), two.resolve("other.pt"));
        assertFails(() -> read(two, NOTHING), ExitCode.INPUT, "2 .pt files");
    }

    private Path directory(String properties) throws IOException {
        Path directory = Files.createTempDirectory(folder, "model");
        try (InputStream in = ModelFileTest.class.getResourceAsStream("/models/features16.pt")) {
            Files.copy(in, directory.resolve("net.pt"));
        }
        Files.writeString(directory.resolve("serving.properties"), properties);
        return directory;
    }

    private static ModelFile read(Path path, ModelFile.Overrides overrides) {
        return ModelFile.read(
                new ModelRequest(
                        "--prior", path.toString(), overrides, Optional.empty(), PrecisionRequest.FLOAT32, false),
                new Configuration());
    }

    private static void assertFails(Runnable reading, ExitCode code, String message) {
        assertThatThrownBy(reading::run)
                .isInstanceOf(RelaException.class)
                .hasMessageContaining(message)
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(code);
    }
}
