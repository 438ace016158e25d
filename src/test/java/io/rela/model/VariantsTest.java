package io.rela.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariantsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        copy("features16", "net.pt");
        copy("features16.bfloat16", "net.bfloat16.pt");
    }

    private void copy(String model, String file) throws IOException {
        try (InputStream in = VariantsTest.class.getResourceAsStream("/models/" + model + ".pt")) {
            Files.copy(in, folder.resolve(file));
        }
    }

    private void says(String properties) throws IOException {
        Files.writeString(folder.resolve("serving.properties"), properties);
    }

    private ModelFile read(PrecisionRequest precision, Optional<String> sha256) {
        return ModelFile.read(
                new ModelRequest(
                        "--prior",
                        folder.toString(),
                        ModelRequest.of("--prior", "").view(),
                        sha256,
                        precision,
                        false),
                new Configuration());
    }

    @Test
    void eachPrecisionIsAFileOfItsOwn() throws IOException {
        says("precision.bfloat16.file=net.bfloat16.pt\n");
        ModelFile plain = read(PrecisionRequest.FLOAT32, Optional.empty());
        ModelFile variant = read(PrecisionRequest.BFLOAT16, Optional.empty());
        assertThat(plain.precision()).isEqualTo(Precision.FLOAT32);
        assertThat(plain.bytes()).isEqualTo(Files.readAllBytes(folder.resolve("net.pt")));
        assertThat(variant.precision()).isEqualTo(Precision.BFLOAT16);
        assertThat(variant.bytes()).isEqualTo(Files.readAllBytes(folder.resolve("net.bfloat16.pt")));
        assertThat(variant.script(variant::bytes).isHalf()).isTrue();
        assertThat(variant.preprocessing()).isEqualTo(plain.preprocessing());
    }

    @Test
    void hashesAreThoseOfTheFileThatIsRun() throws IOException {
        says("precision.bfloat16.file=net.bfloat16.pt\n");
        String plain = read(PrecisionRequest.FLOAT32, Optional.empty()).sha256();
        String variant = read(PrecisionRequest.BFLOAT16, Optional.empty()).sha256();
        assertThat(variant).isNotEqualTo(plain);
        assertThat(read(PrecisionRequest.BFLOAT16, Optional.of(variant)).sha256())
                .isEqualTo(variant);
        assertFails(
                () -> read(PrecisionRequest.BFLOAT16, Optional.of(plain)),
                ExitCode.SETTINGS,
                folder + " in bfloat16: the model's SHA-256 is " + variant + ", --prior-sha256 asks for " + plain);

        says("sha256=" + plain + "\nprecision.bfloat16.file=net.bfloat16.pt\nprecision.bfloat16.sha256=" + variant);
        assertThat(read(PrecisionRequest.FLOAT32, Optional.empty()).sha256()).isEqualTo(plain);
        assertThat(read(PrecisionRequest.BFLOAT16, Optional.empty()).sha256()).isEqualTo(variant);
        says("precision.bfloat16.file=net.bfloat16.pt\nprecision.bfloat16.sha256=00ff");
        assertFails(() -> read(PrecisionRequest.BFLOAT16, Optional.empty()), ExitCode.INPUT, "says 00ff");
    }

    @Test
    void whatIsNotThereIsToldWithWhatIsAndHowToMakeIt() throws IOException {
        says("precision.bfloat16.file=net.bfloat16.pt\n");
        assertFails(
                () -> read(PrecisionRequest.FLOAT16, Optional.empty()),
                ExitCode.SETTINGS,
                "--prior " + folder
                        + " is not there in --precision float16, only in float32, bfloat16. Ask for that, or make a"
                        + " model directory that holds it: bin/export-prior --precision fp16.");
        for (String uri : List.of(folder.resolve("net.pt").toString(), "builtin:prior")) {
            assertFails(
                    () -> ModelFile.read(asking(uri, PrecisionRequest.BFLOAT16), new Configuration()),
                    ExitCode.SETTINGS,
                    "--learner " + uri + " is not there in --precision bfloat16, only in float32.");
            assertThat(ModelFile.read(asking(uri, PrecisionRequest.AUTO), new Configuration())
                            .precision())
                    .isEqualTo(Precision.FLOAT32);
        }
    }

    private static ModelRequest asking(String uri, PrecisionRequest precision) {
        return new ModelRequest(
                "--learner", uri, ModelRequest.of("--learner", uri).view(), Optional.empty(), precision, false);
    }

    @ParameterizedTest
    @CsvSource({
        "0.999,0.9999,true,BFLOAT16",
        "0.9989,0.9999,true,FLOAT16",
        "0.9989,0.9989,true,FLOAT32",
        "0.9999,0.9999,false,FLOAT32"
    })
    void autoTakesAVariantOnAGpuThatIsClose(String bfloat16, String float16, boolean gpu, Precision expected) {
        Variants variants = listed("precision.bfloat16.file=net.bfloat16.pt\nprecision.bfloat16.cosine.mean=" + bfloat16
                + "\nprecision.float16.file=net.float16.pt\nprecision.float16.cosine.mean=" + float16);
        AutoPrecision auto = new AutoPrecision(Optional::empty, () -> gpu);
        assertThat(variants.choose(PrecisionRequest.AUTO, auto)).isEqualTo(expected);
    }

    @Test
    void autoGoesOnInWhatWasBegunWhereThatIsThere() {
        Variants variants = listed("precision.float16.file=net.float16.pt\n");
        for (boolean gpu : List.of(true, false)) {
            assertThat(automatic(variants, Precision.FLOAT16, gpu)).isEqualTo(Precision.FLOAT16);
            assertThat(automatic(variants, Precision.FLOAT32, gpu)).isEqualTo(Precision.FLOAT32);
            assertThat(automatic(variants, Precision.BFLOAT16, gpu)).isEqualTo(Precision.FLOAT32);
        }
    }

    private static Precision automatic(Variants variants, Precision before, boolean gpu) {
        return variants.choose(PrecisionRequest.AUTO, new AutoPrecision(() -> Optional.of(before), () -> gpu));
    }

    @Test
    void nobodyIsAskedForADeviceWithoutAChoice() {
        AutoPrecision never = new AutoPrecision(Optional::empty, () -> {
            throw new AssertionError("there is nothing to choose from");
        });
        assertThat(Variants.none("--prior x").choose(PrecisionRequest.AUTO, never))
                .isEqualTo(Precision.FLOAT32);
        // Of a variant without figures nobody knows what it costs.
        assertThat(listed("precision.float16.file=net.float16.pt\n").choose(PrecisionRequest.AUTO, never))
                .isEqualTo(Precision.FLOAT32);
    }

    @ParameterizedTest
    @CsvSource({
        "precision.float32.file=a.pt,precision.float32.file",
        "precision.int8.file=a.pt,variants are bfloat16 or float16",
        "precision.bfloat16.file=../a.pt,name a file of the same directory",
        "precision.bfloat16.file=,name a file of the same directory"
    })
    void wrongLinesAreNamed(String line, String message) {
        assertFails(() -> listed(line), ExitCode.SETTINGS, message);
    }

    @Test
    void aFigureIsACosine() {
        for (String value : List.of("1.5", "high", "NaN")) {
            assertFails(
                    () -> listed("precision.bfloat16.file=a.pt\nprecision.bfloat16.cosine.mean=" + value),
                    ExitCode.SETTINGS,
                    "--prior x: precision.bfloat16.cosine.mean=" + value + " in its serving.properties");
        }
    }

    private static Variants listed(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return Variants.listed("--prior x", properties);
    }

    private static void assertFails(Runnable reading, ExitCode code, String message) {
        assertThatThrownBy(reading::run)
                .isInstanceOf(RelaException.class)
                .hasMessageContaining(message)
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(code);
    }
}
