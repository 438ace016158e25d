package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.home.DatasetHome;
import io.rela.manifest.ConversionRecord;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models whose output depends on more than the picture. */
class UnstableModelTest {
    @TempDir
    static Path shared;

    private static Path pictures;

    @TempDir
    Path folder;

    @BeforeAll
    static void draw() throws IOException {
        pictures = shared.resolve("pictures");
        DemoPictures.write(pictures);
    }

    @ParameterizedTest
    @CsvSource({"dropout,depends on chance", "batch-norm,depends on its batch"})
    void aPriorIsRefusedBeforeAnyWorkAndGoesOnWhereThatIsAllowed(String model, String which) {
        Path home = folder.resolve("home");
        Rela.Outcome refused = convert(model, home);
        assertThat(refused.code()).as(refused.text()).isEqualTo(ExitCode.SETTINGS);
        assertThat(refused.text())
                .contains("--prior", model + ".pt", which, "eval()", "--allow-unstable-prior")
                .doesNotContain("Exception");
        assertThat(home).doesNotExist();

        Rela.Outcome allowed = convert(model, home, "--allow-unstable-prior");
        assertThat(allowed.code()).as(allowed.text()).isEqualTo(ExitCode.DONE);
        assertThat(warnings(home)).anyMatch(warning -> warning.contains(which));
    }

    @Test
    void aBatchOfOnePictureHasNoOthers() {
        assertThat(convert("batch-norm", folder.resolve("home"), "--batch-size", 1)
                        .code())
                .isEqualTo(ExitCode.DONE);
    }

    @Test
    void aLearnerIsLookedAtTheSameWay() throws IOException {
        Path home = folder.resolve("home");
        assertThat(convert("features16", home).code()).isEqualTo(ExitCode.DONE);
        assertThat(warnings(home)).isEmpty();
        Object[] score = {
            "score", "--home", home, "--epoch", 0, "--learner", Rela.prior("batch-norm"), "--input-size", 16
        };
        Rela.Outcome refused = Rela.run(score);
        assertThat(refused.code()).as(refused.text()).isEqualTo(ExitCode.SETTINGS);
        assertThat(refused.text()).contains("--learner", "depends on its batch", "--allow-unstable-prior");
        assertThat(home.resolve("losses")).doesNotExist();

        Path result = folder.resolve("result.json");
        Rela.Outcome allowed = Rela.run(with(score, "--allow-unstable-prior", "--result-file", result));
        assertThat(allowed.code()).as(allowed.text()).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(result)).contains("depends on its batch");
    }

    private static Rela.Outcome convert(String model, Path home, Object... more) {
        return Rela.run(with(
                new Object[] {
                    "convert",
                    "--input",
                    pictures,
                    "--home",
                    home,
                    "--prior",
                    Rela.prior(model),
                    "--input-size",
                    16,
                    "--dimensions",
                    8
                },
                more));
    }

    private static Object[] with(Object[] args, Object... more) {
        Object[] all = new Object[args.length + more.length];
        System.arraycopy(args, 0, all, 0, args.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return all;
    }

    private static List<String> warnings(Path home) {
        return DatasetHome.at(home.toString(), new Configuration())
                .manifest()
                .newest(ConversionRecord.class)
                .orElseThrow()
                .run()
                .warnings();
    }
}
