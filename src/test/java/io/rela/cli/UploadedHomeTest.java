package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.home.DatasetHome;
import io.rela.storage.Renaming;
import io.rela.table.Tables;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import io.rela.testing.UploadingFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a home where renaming copies make what they make elsewhere. */
@Tag("slow")
class UploadedHomeTest {
    private static final List<String> SETTINGS =
            List.of("fs.file.impl", "fs.file.impl.disable.cache", Renaming.SETTING);

    @TempDir
    Path folder;

    private Path input;
    private Path prior;

    @BeforeEach
    void draw() throws IOException {
        input = folder.resolve("pictures");
        DemoPictures.write(input);
        prior = Rela.prior("features16");
    }

    @AfterEach
    void renameAgain() {
        SETTINGS.forEach(hadoop()::unset);
    }

    private static Configuration hadoop() {
        return LocalSpark.session().sparkContext().hadoopConfiguration();
    }

    private static void upload() {
        hadoop().setClass("fs.file.impl", UploadingFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
        hadoop().setBoolean("fs.file.impl.disable.cache", true);
        hadoop().set(Renaming.SETTING, "copies");
    }

    @Test
    void everyTableIsTheSame() throws IOException {
        Path renamed = folder.resolve("renamed");
        Path uploaded = folder.resolve("uploaded");
        work(renamed);
        upload();
        work(uploaded);
        assertThat(Rela.targetBits(uploaded)).isEqualTo(Rela.targetBits(renamed));
        for (String table : List.of("features", "rejects", "losses/epoch=0", "subsets/epoch=0", "transfers/epoch=0")) {
            assertThat(sorted(uploaded, table)).as(table).isEqualTo(sorted(renamed, table));
        }
        DatasetHome home = DatasetHome.at(uploaded.toString(), hadoop());
        for (String table : home.manifest().tables().keySet()) {
            assertThat(shown(uploaded.resolve(table))).as(table).hasSize(home.paths(home.manifest(), table).length);
        }
        assertThat(uploaded.resolve(".rela")).doesNotExist();
        Rela.done(Rela.run("inspect", "--home", uploaded));
    }

    /** Converts twice, the second time over the first, and distills. */
    private void work(Path home) {
        Rela.done(convert(home, "--dimensions", 4));
        Rela.done(convert(home, "--dimensions", 8, "--if-exists", "overwrite", "--batch-size", 16));
        Rela.done(Rela.run(
                "distill",
                "--home",
                home,
                "--epoch",
                0,
                "--learner",
                prior,
                "--input-size",
                16,
                "--policy",
                "hard",
                "--ratio",
                0.3));
    }

    @Test
    void whatAnotherCommandHasUploadedAndNotCommittedIsNoDamage() throws IOException {
        upload();
        Path home = folder.resolve("home");
        work(home);
        for (String table : List.of("features", "losses/epoch=0", "subsets/epoch=0")) {
            Path one = shown(home.resolve(table)).get(0);
            Files.copy(one, one.resolveSibling("part-of-another.parquet"));
        }
        Rela.done(Rela.run("inspect", "--home", home));
        Path report = folder.resolve("report.html");
        Rela.done(Rela.run("report", "--home", home, "--output", report));
        assertThat(Files.readString(report)).contains("Every invariant of the tables and the manifest holds");
    }

    @Test
    void lossesOfACommandThatFailsGoWithIt() throws IOException {
        upload();
        Path home = folder.resolve("home");
        Rela.done(convert(home, "--dimensions", 8));
        Path one;
        try (Stream<Path> pictures = Files.walk(input)) {
            one = pictures.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
        }
        // Losses are logged, and need no picture; the subset wants them all.
        Path log = folder.resolve("log.parquet");
        LocalSpark.session()
                .read()
                .parquet(home.resolve("targets").toString())
                .selectExpr("id", "cast(length(id) as float) as loss")
                .write()
                .parquet(log.toString());
        Files.delete(one);
        Rela.Outcome outcome = Rela.run(
                "distill",
                "--home",
                home,
                "--epoch",
                0,
                "--losses",
                log,
                "--policy",
                "hard",
                "--ratio",
                1,
                "--columns",
                "images");
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.INPUT);
        assertThat(shown(home.resolve(Tables.epoch(Tables.LOSSES, 0)))).isEmpty();
        Rela.done(Rela.run("inspect", "--home", home));
    }

    private Rela.Outcome convert(Path home, Object... more) {
        return Rela.convert(
                input,
                home,
                Stream.concat(Stream.of("--wave-size", 256, "--max-rejects", 0.1), Stream.of(more))
                        .toArray());
    }

    private static List<String> sorted(Path home, String table) {
        return Rela.rows(home, table).stream().map(Row::toString).sorted().toList();
    }

    private static List<Path> shown(Path table) throws IOException {
        if (!Files.exists(table)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(table)) {
            return files.filter(file -> file.toString().endsWith(".parquet")).toList();
        }
    }
}
