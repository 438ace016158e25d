package io.rela.convert;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.home.DatasetHome;
import io.rela.manifest.Epochs;
import io.rela.manifest.LossesRecord;
import io.rela.model.Precision;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which variant of a prior or a learner is run, and that a home and an epoch say it. */
class PrecisionTest {
    @TempDir
    Path folder;

    private Path pictures;
    private Path home;
    private Path model;

    @BeforeEach
    void model() throws IOException {
        pictures = folder.resolve("pictures");
        DemoPictures.write(pictures);
        home = folder.resolve("home");
        model = Files.createDirectory(folder.resolve("model"));
        for (String file : List.of("features16.pt", "features16.bfloat16.pt")) {
            try (var in = PrecisionTest.class.getResourceAsStream("/models/" + file)) {
                Files.copy(in, model.resolve(file));
            }
        }
        Files.writeString(model.resolve("serving.properties"), """
                option.modelName=features16
                width=16
                precision.bfloat16.file=features16.bfloat16.pt
                precision.bfloat16.cosine.mean=0.9999
                """);
    }

    private Rela.Outcome convert(Path home, Object... more) {
        Object[] args = {"convert", "--input", pictures, "--home", home, "--prior", model, "--dimensions", 8};
        return Rela.run(with(args, more));
    }

    private static Object[] with(Object[] args, Object... more) {
        return Stream.of(args, more).flatMap(Arrays::stream).toArray();
    }

    @Test
    void aVariantGivesNearlyTheSameFeaturesAndTheManifestSaysSo() {
        Path half = folder.resolve("half");
        done(convert(home));
        done(convert(half, "--precision", "bfloat16"));
        assertThat(Rela.conversion(home).settings().precision()).isEqualTo(Precision.FLOAT32);
        assertThat(Rela.conversion(half).settings().precision()).isEqualTo(Precision.BFLOAT16);
        assertThat(Rela.conversion(half).prior().precision()).isEqualTo(Precision.BFLOAT16);
        assertThat(Rela.conversion(half).prior().sha256())
                .isEqualTo(Rela.conversion(half).settings().priorSha256())
                .isNotEqualTo(Rela.conversion(home).prior().sha256());

        List<Row> exact = Rela.rows(home, "features");
        List<Row> close = Rela.rows(half, "features");
        assertThat(close).hasSameSizeAs(exact);
        for (int i = 0; i < exact.size(); i++) {
            assertThat(cosine(exact.get(i).getList(1), close.get(i).getList(1))).isBetween(0.999, 1 - 1e-9);
        }
    }

    private static double cosine(List<Float> a, List<Float> b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.size(); i++) {
            ab += (double) a.get(i) * b.get(i);
            aa += (double) a.get(i) * a.get(i);
            bb += (double) b.get(i) * b.get(i);
        }
        return ab / Math.sqrt(aa * bb);
    }

    @Test
    void anotherPrecisionIsAnotherConversionAndAutoStaysWithTheHomes() {
        done(convert(home, "--precision", "bfloat16"));
        assertThat(done(convert(home, "--precision", "bfloat16")).text()).contains("nothing to do");
        assertThat(done(convert(home, "--precision", "auto")).text()).contains("nothing to do");

        Rela.Outcome other = convert(home);
        assertThat(other.code()).isEqualTo(ExitCode.HOME);
        assertThat(other.text()).contains("precision was bfloat16, is float32");

        done(convert(home, "--precision", "auto", "--device", "cpu", "--if-exists", "overwrite"));
        assertThat(Rela.conversion(home).settings().precision()).isEqualTo(Precision.FLOAT32);
    }

    @Test
    void aConversionThatWasKilledGoesOnInItsPrecision() throws IOException {
        Path whole = folder.resolve("whole");
        done(convert(whole, "--precision", "bfloat16"));
        Rela.Outcome begun = convert(home, "--precision", "bfloat16", "--max-rejects", 0, "--wave-size", 64);
        assertThat(begun.code()).as(begun.text()).isEqualTo(ExitCode.REJECTS);
        assertThat(done(convert(home, "--precision", "auto", "--wave-size", 64)).text())
                .contains("Going on");
        assertThat(Rela.targetBits(home)).isEqualTo(Rela.targetBits(whole));
    }

    @Test
    void aHomeOfBeforeThereWerePrecisionsIsFloat32() throws IOException {
        done(convert(home));
        Path manifest = home.resolve("manifest.json");
        String text = Files.readString(manifest);
        String without = text.replaceAll(",\\s*\"precision\" : \"float32\"", "");
        assertThat(without).isNotEqualTo(text);
        Files.writeString(manifest, without);
        assertThat(done(convert(home)).text()).contains("nothing to do");
    }

    @Test
    void anEpochSaysThePrecisionOfItsLearner() {
        done(convert(home));
        Object[] score = {"score", "--home", home, "--epoch", 0, "--learner", model, "--transfer", "fit"};
        done(Rela.run(with(score, "--precision", "bfloat16")));
        LossesRecord losses = losses();
        assertThat(losses.learner().precision()).isEqualTo(Precision.BFLOAT16);
        assertThat(done(Rela.run(with(score, "--precision", "auto"))).text()).contains("nothing to do");
        Rela.Outcome other = Rela.run(score);
        assertThat(other.code()).isEqualTo(ExitCode.HOME);
        assertThat(other.text()).contains("precision was bfloat16, is float32");
        done(Rela.run(with(score, "--if-exists", "overwrite")));
        assertThat(losses().learner().precision()).isEqualTo(Precision.FLOAT32);
    }

    private LossesRecord losses() {
        DatasetHome of = DatasetHome.at(home.toString(), new Configuration());
        return new Epochs(of.manifest(), of.root()).losses(0).orElseThrow().losses();
    }

    @Test
    void aPrecisionThatIsNotThereIsOneMessage() {
        Rela.Outcome refused = convert(home, "--precision", "float16");
        assertThat(refused.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(refused.text())
                .contains("--prior " + model + " is not there in --precision float16, only in float32, bfloat16")
                .contains("bin/export-prior --precision fp16");
        assertThat(home).doesNotExist();
    }
}
