package io.rela.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionRecord.ConsensusInfo;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionTable;
import io.rela.table.Tables;
import io.rela.testing.Folders;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code convert --consensus}: axes that two priors share. */
class SharedAxesTest {
    @TempDir
    static Path shared;

    private static Path pictures;
    private static Path model;
    private static Path other;
    private static Path home;
    private static String said;

    @TempDir
    Path folder;

    @BeforeAll
    static void convertBoth() throws IOException {
        pictures = shared.resolve("pictures");
        DemoPictures.write(pictures);
        model = Rela.prior("features16");
        other = shared.resolve("other");
        done(convertOther(pictures, other));
        home = shared.resolve("home");
        said = done(convert(home, "--consensus", other));
    }

    private static Rela.Outcome convertOther(Path input, Path to, Object... more) {
        List<Object> args = new ArrayList<>(List.of(
                "convert", "--input", input, "--home", to, "--prior", "builtin:learner-early", "--dimensions", 4));
        args.addAll(List.of(more));
        return Rela.run(args.toArray());
    }

    private static Rela.Outcome convert(Path to, Object... more) {
        List<Object> args = new ArrayList<>(List.of(
                "convert", "--input", pictures, "--home", to, "--prior", model, "--input-size", 16, "--dimensions", 6));
        args.addAll(List.of(more));
        return Rela.run(args.toArray());
    }

    private static String done(Rela.Outcome outcome) {
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        return outcome.text();
    }

    @Test
    void theManifestSaysWithWhomAndHowMuchIsShared() {
        ConversionRecord record = Rela.conversion(home);
        ConsensusInfo consensus = record.projection().consensus();
        assertThat(record.projection().kind()).isEqualTo("consensus");
        assertThat(consensus.home()).endsWith("/other");
        assertThat(consensus.prior()).isEqualTo(Rela.conversion(other).prior());
        assertThat(consensus.correlations()).hasSize(6).allMatch(r -> r > 0 && r < 1);
        for (int j = 1; j < 6; j++) {
            assertThat(consensus.correlations().get(j))
                    .isLessThan(consensus.correlations().get(j - 1));
        }
        assertThat(record.settings().projection().consensus().consensusPriorSha256())
                .isEqualTo(Rela.conversion(other).prior().sha256());
        assertThat(said)
                .containsPattern("targets of 6 values \\(correlations of both priors from 0\\.\\d\\d to 0\\.\\d\\d\\)");
        assertThat(done(Rela.run("inspect", "--home", home))).contains("shared with", "correlations");
    }

    /** What a program needs that carries new pictures over. */
    @Test
    void theProjectionMapsFeaturesOfBothToTheTargets() {
        Projection projection = ProjectionTable.read(home.resolve("projection").toString(), LocalSpark.session());
        Map<Long, float[]> ours = features(home);
        Map<Long, float[]> theirs = features(other);
        List<Row> targets = Rela.rows(home, "targets");
        assertThat(targets).hasSize(636);
        double[] squares = new double[6];
        for (Row row : targets) {
            long index = row.<Long>getAs(Tables.INDEX);
            float[] joined = Arrays.copyOf(ours.get(index), ours.get(index).length + theirs.get(index).length);
            System.arraycopy(theirs.get(index), 0, joined, ours.get(index).length, theirs.get(index).length);
            float[] target = floats(row, Tables.TARGET);
            assertThat(projection.project(joined)).containsExactly(target);
            for (int j = 0; j < 6; j++) {
                squares[j] += (double) target[j] * target[j];
            }
        }
        for (double square : squares) {
            assertThat(square / 636).isCloseTo(1, within(1e-5));
        }
        assertThat(projection.otherDimension()).isEqualTo(theirs.get(0L).length);
    }

    @Test
    void partitionsAndWavesDoNotShowAndKeptFeaturesGiveTheSame() {
        Path cut = folder.resolve("cut");
        done(convert(cut, "--consensus", other, "--partitions", 5, "--wave-size", 256));
        assertThat(Rela.targetBits(cut)).isEqualTo(Rela.targetBits(home));

        Path kept = folder.resolve("kept");
        done(convert(kept));
        assertThat(done(convert(kept, "--consensus", other, "--if-exists", "overwrite")))
                .contains("Features are kept");
        assertThat(Rela.targetBits(kept)).isEqualTo(Rela.targetBits(home));
        assertThat(kept.resolve(".rela")).doesNotExist();
    }

    /** There is another class before the others, and a picture less in its place. */
    @Test
    @Tag("slow")
    void picturesAreMatchedById() throws IOException {
        Path more = folder.resolve("pictures");
        Folders.copy(pictures, more);
        Folders.copy(pictures.resolve("disc"), more.resolve("aaa"));
        Path shifted = folder.resolve("shifted");
        done(convertOther(more, shifted));
        Path to = folder.resolve("home");
        done(convert(to, "--consensus", shifted));
        Map<String, float[]> wanted = targets(home);
        targets(to).forEach((id, target) -> {
            for (int j = 0; j < 6; j++) {
                assertThat(target[j]).as(id).isCloseTo(wanted.get(id)[j], within(1e-2f));
            }
        });
    }

    @Test
    void picturesThatTheOtherHomeLacksAreCountedBeforeAnyWork() throws IOException {
        Path fewer = folder.resolve("pictures");
        Folders.copy(pictures, fewer);
        Files.delete(fewer.resolve("disc/000.jpg"));
        Files.delete(fewer.resolve("cross/001.jpg"));
        Path lacking = folder.resolve("lacking");
        done(convertOther(fewer, lacking));
        Path to = folder.resolve("home");
        Rela.Outcome refused = convert(to, "--consensus", lacking);
        assertThat(refused.code()).as(refused.text()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.text()).contains("has no feature of 2 of the pictures, such as cross/001.jpg, disc/000.jpg");
        assertThat(to).doesNotExist();
    }

    @Test
    @Tag("slow")
    void aPictureThatIsARejectOnlyThereIsCountedAndNothingIsLost() throws IOException {
        Path broken = folder.resolve("pictures");
        Folders.copy(pictures, broken);
        Files.writeString(broken.resolve("disc/000.jpg"), "no picture");
        Path lacking = folder.resolve("lacking");
        done(convertOther(broken, lacking));
        Path to = folder.resolve("home");
        Rela.Outcome refused = convert(to, "--consensus", lacking);
        assertThat(refused.code()).as(refused.text()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.text())
                .contains(
                        "Pictures that differ in length from those of --consensus",
                        ": 1. They are other pictures by the same names",
                        "has no feature of 1 of the pictures, such as disc/000.jpg");
        done(convertOther(pictures, lacking, "--if-exists", "overwrite"));
        Rela.Outcome other = convert(to, "--consensus", lacking);
        assertThat(other.code()).isEqualTo(ExitCode.HOME);
        assertThat(other.text()).contains("unfinished", "consensus-made was");
    }

    @Test
    @Tag("slow")
    void theSameFeaturesThereAreTheSameSettings() {
        Path there = folder.resolve("there");
        Path to = folder.resolve("home");
        done(convertOther(pictures, there));
        done(convert(to, "--consensus", there));
        done(convertOther(pictures, there, "--scale", "none", "--if-exists", "overwrite"));
        assertThat(done(convert(to, "--consensus", there))).contains("nothing to do");
        assertThat(done(convert(to, "--consensus", there, "--if-exists", "skip")))
                .contains("skipped");
        done(convertOther(pictures, there, "--scale", "none", "--if-exists", "overwrite"));
        Rela.Outcome changed = convert(to, "--consensus", there);
        assertThat(changed.code()).isEqualTo(ExitCode.HOME);
        assertThat(changed.text())
                .contains("consensus-made was "
                        + Rela.conversion(to)
                                .settings()
                                .projection()
                                .consensus()
                                .consensusMade());
        assertThat(done(convert(to, "--consensus", there, "--if-exists", "overwrite")))
                .contains("Features are kept");
        assertThat(Rela.targetBits(to)).isEqualTo(Rela.targetBits(home));
    }

    @Test
    void wrongSettingsAreRefused() throws IOException {
        Path to = folder.resolve("home");
        refused(convert(to, "--consensus", folder.resolve("nowhere")), ExitCode.INPUT, "--consensus", "is not there");
        refused(
                convert(to, "--consensus", Files.createDirectory(folder.resolve("empty"))),
                ExitCode.HOME,
                "is no dataset home");
        refused(
                convert(to, "--consensus", other, "--projection", "pca"),
                ExitCode.SETTINGS,
                "--projection pca and --consensus both say what the axes are");
        refused(convert(to, "--projection", "consensus"), ExitCode.SETTINGS, "name the other home with --consensus");
        refused(convert(home, "--consensus", home, "--if-exists", "overwrite"), ExitCode.SETTINGS, "is --home itself");
        Rela.Outcome tooMany = Rela.run(
                "convert",
                "--input",
                pictures,
                "--home",
                to,
                "--prior",
                model,
                "--input-size",
                16,
                "--consensus",
                other,
                "--dimensions",
                25);
        refused(
                tooMany,
                ExitCode.SETTINGS,
                "The priors give 24 and 56 values, --dimensions asks for 25: ask for 24 or less.");
        assertThat(to).doesNotExist();
    }

    private static void refused(Rela.Outcome outcome, ExitCode code, String... parts) {
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(code);
        assertThat(outcome.text()).contains(parts);
    }

    private static Map<Long, float[]> features(Path home) {
        return Rela.rows(home, "features").stream()
                .collect(Collectors.toMap(row -> row.<Long>getAs(Tables.INDEX), row -> floats(row, Tables.FEATURE)));
    }

    private static Map<String, float[]> targets(Path home) {
        return Rela.rows(home, "targets").stream()
                .collect(Collectors.toMap(row -> row.<String>getAs(Tables.ID), row -> floats(row, Tables.TARGET)));
    }

    private static float[] floats(Row row, String column) {
        List<Float> boxed = row.getList(row.fieldIndex(column));
        float[] values = new float[boxed.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = boxed.get(i);
        }
        return values;
    }
}
