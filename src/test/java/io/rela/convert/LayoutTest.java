package io.rela.convert;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.home.DatasetHome;
import io.rela.image.PixelLayout;
import io.rela.manifest.Epochs;
import io.rela.manifest.LossSettings;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which layout a model is given, and that a home and an epoch keep theirs. */
class LayoutTest {
    private static final String INPUT = "width=32\n";
    private static final String PLANAR = INPUT + "layout=planar\n";

    @TempDir
    static Path shared;

    private static Path pictures;

    @TempDir
    Path folder;

    private Path home;
    private Path model;

    @BeforeAll
    static void draw() throws IOException {
        pictures = shared.resolve("pictures");
        DemoPictures.write(pictures);
    }

    @BeforeEach
    void model() throws IOException {
        home = folder.resolve("home");
        model = Files.createDirectory(folder.resolve("model"));
        try (var in = LayoutTest.class.getResourceAsStream("/builtin/prior/prior.pt")) {
            Files.copy(in, model.resolve("prior.pt"));
        }
        says(INPUT);
    }

    private void says(String properties) throws IOException {
        Files.writeString(model.resolve("serving.properties"), properties);
    }

    private Rela.Outcome convert(Path home, Object... more) {
        Object[] args = {"convert", "--input", pictures, "--home", home, "--prior", model, "--dimensions", 8};
        return Rela.run(with(args, more));
    }

    private static Object[] with(Object[] args, Object... more) {
        return Stream.of(args, more).flatMap(Arrays::stream).toArray();
    }

    private static PixelLayout layout(Path home) {
        return Rela.conversion(home).settings().layout();
    }

    @Test
    void aHomeThatWasBegunInALayoutIsFinishedInIt() throws IOException {
        says(PLANAR);
        Path planar = folder.resolve("planar");
        done(convert(planar));
        assertThat(layout(planar)).isEqualTo(PixelLayout.PLANAR);
        Rela.Outcome begun = convert(home, "--max-rejects", 0, "--wave-size", 64);
        assertThat(begun.code()).as(begun.text()).isEqualTo(ExitCode.REJECTS);
        assertThat(home.resolve(".rela/convert/waves")).isNotEmptyDirectory();

        says(INPUT);
        assertThat(done(convert(home, "--wave-size", 64)).text()).contains("Going on");

        assertThat(layout(home)).isEqualTo(PixelLayout.PLANAR);
        assertThat(Rela.targetBits(home)).isEqualTo(Rela.targetBits(planar));
        Path fresh = folder.resolve("fresh");
        done(convert(fresh));
        assertThat(layout(fresh)).isEqualTo(PixelLayout.INTERLEAVED);
    }

    @Test
    void aFinishedHomeStaysAsItIsUnlessTheDirectoryAsksForAnotherLayout() throws IOException {
        says(PLANAR);
        done(convert(home));
        says(INPUT);
        // As a home of before there were layouts.
        Path manifest = home.resolve("manifest.json");
        String text = Files.readString(manifest);
        assertThat(text).containsOnlyOnce("\"layout\" : \"planar\"");
        Files.writeString(manifest, text.replaceFirst(",\\s*\"layout\" : \"planar\"", ""));
        assertThat(done(convert(home)).text()).contains("nothing to do");
        assertThat(done(convert(home, "--scale", "none", "--if-exists", "overwrite"))
                        .text())
                .contains("Features are kept");
        assertThat(layout(home)).isEqualTo(PixelLayout.PLANAR);

        says(INPUT + "layout=interleaved\n");
        Rela.Outcome refused = convert(home, "--scale", "none");
        assertThat(refused.code()).isEqualTo(ExitCode.HOME);
        assertThat(refused.text()).contains("layout was planar, is interleaved");

        says(INPUT);
        done(convert(home, "--if-exists", "overwrite", "--batch-size", 8));
        assertThat(layout(home)).isEqualTo(PixelLayout.INTERLEAVED);
    }

    @Test
    void aPriorThatTakesPlanesOnlyIsGivenThem() {
        Object[] viewing = {
            "convert",
            "--input",
            pictures,
            "--home",
            home,
            "--prior",
            Rela.prior("viewing"),
            "--input-size",
            16,
            "--dimensions",
            8
        };
        done(Rela.run(viewing));
        assertThat(layout(home)).isEqualTo(PixelLayout.PLANAR);
        assertThat(done(Rela.run(viewing)).text()).contains("nothing to do");
    }

    @Test
    void anEpochKeepsTheLayoutOfItsLearner() throws IOException {
        done(convert(home));
        assertThat(layout(home)).isEqualTo(PixelLayout.INTERLEAVED);
        Object[] score = {"score", "--home", home, "--epoch", 0, "--learner", model, "--transfer", "fit"};
        says(PLANAR);
        done(Rela.run(score));
        assertThat(ofEpoch(0)).isEqualTo(PixelLayout.PLANAR);
        says(INPUT);
        assertThat(done(Rela.run(score)).text()).contains("nothing to do");
        done(Rela.run(with(score, "--if-exists", "overwrite")));
        assertThat(ofEpoch(0)).isEqualTo(PixelLayout.INTERLEAVED);
    }

    private PixelLayout ofEpoch(int epoch) {
        DatasetHome of = DatasetHome.at(home.toString(), new Configuration());
        LossSettings settings = new Epochs(of.manifest(), of.root())
                .losses(epoch)
                .orElseThrow()
                .losses()
                .settings();
        return ((LossSettings.Scored) settings).layout();
    }
}
