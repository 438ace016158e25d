package io.rela.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.home.DatasetHome;
import io.rela.manifest.ConversionRecord;
import io.rela.table.Tables;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertTest {
    @TempDir
    static Path shared;

    private static Path pictures;
    private static Map<String, List<Integer>> expected;

    @TempDir
    Path folder;

    @BeforeAll
    static void convertOnce() throws IOException {
        pictures = shared.resolve("pictures");
        DemoPictures.write(pictures);
        Path home = shared.resolve("home");
        Rela.Outcome outcome = Rela.convert(pictures, home);
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        expected = Rela.targetBits(home);
    }

    @Test
    void everyPictureIsATargetOrAReject() {
        List<Row> rejects = Rela.rows(shared.resolve("home"), "rejects");
        assertThat(rejects)
                .extracting(row -> row.<String>getAs(Tables.ID) + " " + row.<String>getAs(Tables.REASON))
                .containsExactly(
                        "disc/004.jpg truncated",
                        "ring/008.jpg empty",
                        "star/012.jpg unknown-format",
                        "waves/003.png corrupt");
        ConversionRecord record = record(shared.resolve("home"));
        assertThat(record.counts().listed()).isEqualTo(640);
        assertThat(record.counts().converted()).isEqualTo(expected.size()).isEqualTo(636);
        assertThat(record.source().count()).isEqualTo(640);
        assertThat(record.prior().outputDimension()).isEqualTo(24);
        assertThat(record.run().devices()).containsExactly("cpu");
    }

    @Test
    void targetsAreStandardisedAndLabeled() {
        List<Row> rows = Rela.rows(shared.resolve("home"), "targets");
        double[] sum = new double[8];
        double[] squares = new double[8];
        for (Row row : rows) {
            List<Float> target = row.getList(row.fieldIndex(Tables.TARGET));
            for (int d = 0; d < 8; d++) {
                sum[d] += target.get(d);
                squares[d] += target.get(d) * target.get(d);
            }
            assertThat(row.<String>getAs(Tables.ID)).startsWith(row.<String>getAs(Tables.LABEL_NAME) + "/");
        }
        for (int d = 0; d < 8; d++) {
            assertThat(sum[d] / rows.size()).isBetween(-1e-5, 1e-5);
            assertThat(squares[d] / rows.size()).isBetween(1 - 1e-5, 1 + 1e-5);
        }
        Set<Integer> labels =
                rows.stream().map(row -> row.<Integer>getAs(Tables.LABEL)).collect(Collectors.toSet());
        assertThat(labels).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void axesAtTheirOwnScaleKeepTheirProportions() {
        Path home = folder.resolve("home");
        assertThat(Rela.convert(pictures, home, "--scale", "none").code()).isEqualTo(ExitCode.DONE);
        Row axes = Rela.rows(home, "projection").get(0);
        Row scaled = Rela.rows(shared.resolve("home"), "projection").get(0);
        List<Float> divisors = axes.getList(axes.fieldIndex("scale"));
        List<Float> deviations = scaled.getList(scaled.fieldIndex("scale"));
        assertThat(divisors).hasSize(8).containsOnly(divisors.get(0));
        double sum = 0;
        for (float deviation : deviations) {
            sum += (double) deviation * deviation;
        }
        assertThat((double) divisors.get(0)).isCloseTo(Math.sqrt(sum / 8), within(1e-6));
        assertThat(axes.getList(axes.fieldIndex("components")))
                .isEqualTo(scaled.getList(scaled.fieldIndex("components")));

        Rela.Outcome other = Rela.convert(pictures, home, "--scale", "shrink");
        assertThat(other.code()).isEqualTo(ExitCode.HOME);
        assertThat(other.text()).contains("scale was none, is shrink:1.0");
        assertThat(Rela.convert(pictures, home, "--scale", "shrink:-2").text())
                .contains("Invalid value for option '--scale'", "write axis, none, shrink");
        assertThat(Rela.run("convert", "--projection", "none", "--scale", "axis")
                        .text())
                .contains("--scale axis has no meaning with --projection none");
    }

    @Test
    void aNumberThatTheVariancesSayIsResolvedAndWhatWasAskedIsCompared() {
        Path home = folder.resolve("home");
        Rela.Outcome first = Rela.convert(pictures, home, "--dimensions", "90%");
        assertThat(first.code()).as(first.text()).isEqualTo(ExitCode.DONE);
        int found = record(home).projection().dimensions();
        assertThat(first.text())
                .containsPattern("targets of " + found + " values \\(90%: 9\\d\\.\\d% of the variance\\)");
        assertThat(record(home).settings().projection().dimensions()).hasToString("90%");
        assertThat(Rela.convert(pictures, home, "--dimensions", "90.0%").text()).contains("nothing to do");

        Path number = folder.resolve("number");
        Rela.convert(pictures, number, "--dimensions", found);
        assertThat(Rela.targetBits(home)).isEqualTo(Rela.targetBits(number));
        assertThat(Rela.convert(pictures, home, "--dimensions", found).text())
                .contains("dimensions was 90%, is " + found);
        assertThat(Rela.convert(pictures, home, "--dimensions", "auto").text()).contains("dimensions was 90%, is auto");
        assertThat(Rela.convert(pictures, home, "--dimensions", "0%").text())
                .contains("Invalid value for option '--dimensions'", "a share of the variance above 0%");
        assertThat(Rela.run("convert", "--projection", "random", "--dimensions", "auto")
                        .text())
                .contains("--dimensions auto has no meaning with --projection random");
    }

    @Test
    void partitionsAndWavesDoNotShowInTheResult() {
        for (Object[] options : new Object[][] {
            {"--partitions", 1}, {"--partitions", 2}, {"--partitions", 7}, {"--wave-size", 256, "--partitions", 3}
        }) {
            Path home = folder.resolve("home" + options.length + options[1]);
            assertThat(Rela.convert(pictures, home, options).code()).isEqualTo(ExitCode.DONE);
            assertThat(Rela.targetBits(home)).isEqualTo(expected);
        }
    }

    @Test
    void aTarOfTheFolderGivesTheSameTargets() throws IOException {
        Path tar = folder.resolve("shard.tar");
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
            for (Path file : files()) {
                TarArchiveEntry entry =
                        new TarArchiveEntry(pictures.relativize(file).toString());
                entry.setSize(Files.size(file));
                out.putArchiveEntry(entry);
                Files.copy(file, out);
                out.closeArchiveEntry();
            }
        }
        Path home = folder.resolve("home");
        assertThat(Rela.convert(tar, home).code()).isEqualTo(ExitCode.DONE);
        assertThat(Rela.targetBits(home)).isEqualTo(expected);
    }

    @Test
    void parquetOfTheFolderGivesTheSameTargets() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Path file : files()) {
            rows.add(RowFactory.create(pictures.relativize(file).toString(), Files.readAllBytes(file)));
        }
        Path parquet = folder.resolve("parquet");
        LocalSpark.session()
                .createDataFrame(
                        rows, new StructType().add("name", DataTypes.StringType).add("image", DataTypes.BinaryType))
                .coalesce(1)
                .write()
                .parquet(parquet.toString());
        Path home = folder.resolve("home");
        assertThat(Rela.convert(parquet, home, "--id-column", "name").code()).isEqualTo(ExitCode.DONE);
        assertThat(Rela.targetBits(home)).isEqualTo(expected);
    }

    @Test
    void aFinishedCommandRunAgainChangesNothingAndOtherSettingsAreNamed() throws IOException {
        Path home = folder.resolve("home");
        Rela.convert(pictures, home);
        List<String> before = listing(home);

        assertThat(Rela.convert(pictures, home).text()).contains("nothing to do");
        Rela.Outcome other = Rela.convert(pictures, home, "--seed", 3);
        assertThat(other.code()).isEqualTo(ExitCode.HOME);
        assertThat(other.text()).contains("seed was 0, is 3").contains("--if-exists overwrite");
        Rela.Outcome skipped = Rela.convert(pictures, home, "--seed", 3, "--if-exists", "skip");
        assertThat(skipped.code()).isEqualTo(ExitCode.DONE);
        assertThat(listing(home)).isEqualTo(before);

        Rela.Outcome overwritten =
                Rela.convert(pictures, home, "--projection", "random", "--seed", 3, "--if-exists", "overwrite");
        assertThat(overwritten.code()).as(overwritten.text()).isEqualTo(ExitCode.DONE);
        assertThat(Rela.targetBits(home)).hasSize(636).isNotEqualTo(expected);
        assertThat(Rela.run("inspect", "--home", home).code()).isEqualTo(ExitCode.DONE);
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void aChangedInputIsNoticed() throws IOException {
        Path mine = folder.resolve("pictures");
        DemoPictures.write(mine);
        Path home = folder.resolve("home");
        Rela.convert(mine, home);
        Files.copy(mine.resolve("cross/000.jpg"), mine.resolve("cross/zzz.jpg"));
        Rela.Outcome outcome = Rela.convert(mine, home);
        assertThat(outcome.code()).isEqualTo(ExitCode.HOME);
        assertThat(outcome.text()).contains("640 pictures").contains("641");
    }

    @Test
    void tooManyRejectsLeaveNoTableAndTheSameCommandGoesOn() throws IOException {
        Path mine = folder.resolve("pictures");
        DemoPictures.write(mine);
        for (String broken : DemoPictures.broken()) {
            Files.delete(mine.resolve(broken));
        }
        // The only bad picture lies in the last of three waves, of which two run at a time.
        Files.createDirectory(mine.resolve("zzz"));
        Files.writeString(mine.resolve("zzz/bad.jpg"), "bad");
        Path home = folder.resolve("home");
        Rela.Outcome refused = Rela.convert(mine, home, "--max-rejects", 0, "--wave-size", 256);
        assertThat(refused.code()).isEqualTo(ExitCode.REJECTS);
        assertThat(refused.text())
                .contains("1 of 637 pictures are rejected: unknown-format 1; for example zzz/bad.jpg (unknown-format: ")
                .contains("--max-rejects 0.0 allows 0");
        assertThat(home.resolve("targets")).doesNotExist();
        assertThat(home.resolve("manifest.json")).doesNotExist();
        List<String> waves = listing(home.resolve(".rela/convert/waves"));
        assertThat(waves).hasSizeGreaterThan(1);
        String finished = waves.get(1).replace(".json", "");
        List<String> kept = listing(home.resolve(".rela/convert/features")).stream()
                .filter(name -> name.startsWith(finished))
                .toList();

        Rela.Outcome resumed = Rela.convert(mine, home, "--wave-size", 256);
        assertThat(resumed.code()).as(resumed.text()).isEqualTo(ExitCode.DONE);
        assertThat(kept).isNotEmpty();
        assertThat(listing(home.resolve("features"))).containsAll(kept);
        assertThat(record(home).run().warnings()).anyMatch(warning -> warning.contains("Going on"));
        Path undisturbed = folder.resolve("undisturbed");
        Rela.convert(mine, undisturbed);
        assertThat(Rela.targetBits(home)).isEqualTo(Rela.targetBits(undisturbed));
    }

    @Test
    void tooManyRejectsEndTheCommandAfterTheWaveAndSayWhy() throws IOException {
        Path home = folder.resolve("home");
        Rela.Outcome refused = Rela.convert(pictures, home, "--max-rejects", 0, "--wave-size", 64);
        assertThat(refused.code()).isEqualTo(ExitCode.REJECTS);
        assertThat(refused.text())
                .containsPattern(
                        "[1-4] of 640 pictures are rejected: [a-z-]+ 1.*; for example \\w+/\\d+\\.(jpg|png) \\([a-z-]+: ")
                .contains("--max-rejects 0.0 allows 0");
        assertThat(listing(home.resolve(".rela/convert/waves"))).hasSizeBetween(1, 8);

        Rela.Outcome all = Rela.convert(pictures, home, "--wave-size", 64);
        assertThat(all.code()).as(all.text()).isEqualTo(ExitCode.DONE);
        assertThat(all.text())
                .contains(
                        "640 listed = 636 converted + 4 rejected (corrupt 1, empty 1, truncated 1, unknown-format 1), ");
        assertThat(Rela.targetBits(home)).isEqualTo(expected);
    }

    @Test
    void picturesOfWhichNoneCanBeConvertedAreToldWithReasons() throws IOException {
        Path bad = Files.createDirectories(folder.resolve("bad/a"));
        for (int i = 0; i < 5; i++) {
            Files.writeString(bad.resolve(i + ".jpg"), i < 2 ? "" : "bad");
        }
        Rela.Outcome refused = Rela.convert(folder.resolve("bad"), folder.resolve("home"), "--max-rejects", 1);
        assertThat(refused.code()).as(refused.text()).isEqualTo(ExitCode.REJECTS);
        assertThat(refused.text())
                .contains(
                        "None of the 5 pictures could be converted: unknown-format 3, empty 2; for example a/0.jpg (empty: ")
                .contains("a/2.jpg")
                .doesNotContain("a/3.jpg");
    }

    @Test
    @Tag("slow")
    void anUnfinishedConversionWithOtherSettingsIsNotMixed() {
        Path home = folder.resolve("home");
        Rela.convert(pictures, home, "--max-rejects", 0);
        Rela.Outcome mixed = Rela.convert(pictures, home, "--batch-size", 8);
        assertThat(mixed.code()).isEqualTo(ExitCode.HOME);
        assertThat(mixed.text()).contains("unfinished").contains("batch-size was 32, is 8");
        assertThat(Rela.convert(pictures, home, "--batch-size", 8, "--if-exists", "overwrite")
                        .code())
                .isEqualTo(ExitCode.DONE);
    }

    @Test
    @Tag("slow")
    void anAutomaticBatchSizeIsChosenOnceForAHome() {
        Path home = folder.resolve("home");
        Rela.Outcome stopped = Rela.convert(pictures, home, "--batch-size", "auto", "--max-rejects", 0);
        assertThat(stopped.code()).isEqualTo(ExitCode.REJECTS);
        Rela.Outcome resumed = Rela.convert(pictures, home, "--batch-size", "auto");
        assertThat(resumed.code()).as(resumed.text()).isEqualTo(ExitCode.DONE);
        ConversionRecord record = record(home);
        assertThat(record.manner().batchSizeAsked()).isEqualTo("auto");
        assertThat(record.run().seconds()).doesNotContainKey("calibrate");
        String chosen = Integer.toString(record.settings().batchSize());
        assertThat(Integer.bitCount(Integer.parseInt(chosen))).isEqualTo(1);
        Path same = folder.resolve("same");
        Rela.convert(pictures, same, "--batch-size", chosen);
        assertThat(Rela.targetBits(home)).isEqualTo(Rela.targetBits(same));
        assertThat(Rela.convert(pictures, home, "--batch-size", "auto").text()).contains("nothing to do");
        assertThat(Rela.convert(pictures, home, "--batch-size", "auto", "--if-exists", "overwrite")
                        .code())
                .isEqualTo(ExitCode.DONE);
        assertThat(record(home).run().seconds()).containsKey("calibrate");
    }

    @Test
    void aRunThatWasKilledWhileItWroteTablesGoesOn() throws IOException {
        Path home = folder.resolve("home");
        assertThat(Rela.convert(pictures, home, "--max-rejects", 0).code()).isEqualTo(ExitCode.REJECTS);
        // What a kill between the projection and the commit leaves behind.
        for (String table : List.of("projection", "targets", "rejects")) {
            Path staged = Files.createDirectories(home.resolve(".rela/convert").resolve(table));
            Files.writeString(staged.resolve("part-0.parquet"), "half");
        }
        Files.createDirectories(home.resolve(".rela/listing"));
        Rela.Outcome resumed = Rela.convert(pictures, home);
        assertThat(resumed.code()).as(resumed.text()).isEqualTo(ExitCode.DONE);
        assertThat(Rela.targetBits(home)).isEqualTo(expected);
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void aTableThatIsGoneIsSaidAndOverwriteBringsItBack() throws IOException {
        Path home = folder.resolve("home");
        Rela.convert(pictures, home);
        try (Stream<Path> files = Files.walk(home.resolve("targets"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        assertThat(Rela.convert(pictures, home).text()).contains("targets/ is gone");
        assertThat(Rela.convert(pictures, home, "--if-exists", "overwrite").code())
                .isEqualTo(ExitCode.DONE);
        assertThat(Rela.targetBits(home)).isEqualTo(expected);
    }

    @Test
    void onePictureIsTooFewForAxesButNotForItsFeature() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        Files.copy(pictures.resolve("disc/000.jpg"), one.resolve("a.jpg"));
        Path home = folder.resolve("home");
        Rela.Outcome outcome = Rela.convert(one, home);
        assertThat(outcome.code()).isEqualTo(ExitCode.INPUT);
        assertThat(outcome.text()).contains("at least 2 pictures").contains("--projection none");
        assertThat(home).doesNotExist();
        Rela.Outcome raw = Rela.run(
                "convert",
                "--input",
                one,
                "--home",
                home,
                "--prior",
                Rela.prior("features16"),
                "--input-size",
                16,
                "--projection",
                "none");
        assertThat(raw.code()).as(raw.text()).isEqualTo(ExitCode.DONE);
        assertThat(Rela.rows(home, "targets")).hasSize(1);
    }

    @Test
    void keptImagesAreTheFiles() throws IOException {
        Path home = folder.resolve("home");
        assertThat(Rela.convert(pictures, home, "--keep-images").code()).isEqualTo(ExitCode.DONE);
        assertThat(Rela.targetBits(home)).isEqualTo(expected);
        for (Row row : Rela.rows(home, "targets")) {
            Row image = row.getAs(Tables.IMAGE_COLUMN);
            String id = row.getAs(Tables.ID);
            assertThat(image.<byte[]>getAs("bytes")).isEqualTo(Files.readAllBytes(pictures.resolve(id)));
            assertThat(image.<String>getAs("path")).isEqualTo(id);
        }
        assertThat(Rela.run("inspect", "--home", home).code()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void withoutProjectionTargetsAreTheFeatures() {
        Path home = folder.resolve("home");
        Rela.Outcome outcome = Rela.run(
                "convert",
                "--input",
                pictures,
                "--home",
                home,
                "--prior",
                Rela.prior("features16"),
                "--input-size",
                16,
                "--projection",
                "none");
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        Map<Long, List<Float>> features = Rela.rows(home, "features").stream()
                .collect(Collectors.toMap(row -> row.getLong(0), row -> row.getList(1)));
        for (Row row : Rela.rows(home, "targets")) {
            assertThat(row.<Float>getList(row.fieldIndex(Tables.TARGET)))
                    .isEqualTo(features.get(row.<Long>getAs(Tables.INDEX)));
        }
    }

    @Test
    @Tag("slow")
    void featuresThatAreNotFiniteAreRejects() {
        Path home = folder.resolve("home");
        Rela.Outcome outcome = Rela.run(
                "convert",
                "--input",
                pictures,
                "--home",
                home,
                "--prior",
                Rela.prior("not-finite"),
                "--input-size",
                16,
                "--max-rejects",
                1);
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        assertThat(record(home).counts().rejectedByReason().get("not-finite")).isGreaterThan(10);
        assertThat(Rela.run("inspect", "--home", home).code()).isEqualTo(ExitCode.DONE);
    }

    private static ConversionRecord record(Path home) {
        return DatasetHome.at(home.toString(), new Configuration())
                .manifest()
                .newest(ConversionRecord.class)
                .orElseThrow();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> walk = Files.walk(pictures)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static List<String> listing(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.map(path -> folder.relativize(path).toString()).sorted().toList();
        }
    }
}
