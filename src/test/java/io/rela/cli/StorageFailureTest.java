package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.home.DatasetHome;
import io.rela.manifest.ConversionRecord;
import io.rela.testing.FaultyFileSystem;
import io.rela.testing.Rela;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commands make of storage that fails: no picture is ever lost to it. */
class StorageFailureTest {
    /** Lies in the last of three waves of 256 pictures. */
    private static final String LAST = "waves/079.png";

    @TempDir
    static Path shared;

    private static Path drawn;
    private static Path model;
    private static Map<String, List<Integer>> expected;

    @TempDir
    Path folder;

    private Path home;

    @BeforeAll
    static void convertOnce() throws IOException {
        drawn = shared.resolve("pictures");
        DemoPictures.write(drawn);
        for (String broken : DemoPictures.broken()) {
            Files.delete(drawn.resolve(broken));
        }
        model = Rela.prior("features16");
        Path undisturbed = shared.resolve("home");
        done(convert(drawn, undisturbed));
        expected = Rela.targetBits(undisturbed);
        assertThat(expected).hasSize(636).containsKey(LAST);
    }

    @BeforeEach
    void name() {
        home = folder.resolve("home");
    }

    @AfterEach
    void heal() {
        FaultyFileSystem.heal();
    }

    private static Rela.Outcome convert(Path input, Path home, Object... more) {
        return convert("faulty:" + input, home.toString(), more);
    }

    private static Rela.Outcome convert(String input, String home, Object... more) {
        List<Object> args = new ArrayList<>(
                List.of("convert", "--input", input, "--home", home, "--prior", model, "--input-size", 16));
        args.addAll(List.of("--dimensions", 8, "--wave-size", 256));
        args.addAll(List.of(more));
        return Rela.run(args.toArray());
    }

    private static void done(Rela.Outcome outcome, String... parts) {
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        assertThat(List.of(parts)).allMatch(part -> outcome.text().contains(part), outcome.text());
    }

    /** Ended with 3 and these words, in one line. */
    private static void refused(Rela.Outcome outcome, String... parts) {
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.INPUT);
        String message =
                outcome.text().lines().filter(line -> line.startsWith("rela ")).collect(Collectors.joining("\n"));
        assertThat(message).hasLineCount(1).contains(parts);
    }

    private static boolean isPicture(org.apache.hadoop.fs.Path file) {
        return file.getName().matches(".*\\.(jpg|png)");
    }

    private static Predicate<org.apache.hadoop.fs.Path> only(String picture) {
        return file -> file.toString().endsWith("/" + picture);
    }

    private void sameAsUndisturbed() {
        assertThat(Rela.rows(home, "rejects")).isEmpty();
        assertThat(Rela.targetBits(home)).isEqualTo(expected);
    }

    private List<String> rejects() {
        return Rela.rows(home, "rejects").stream()
                .map(row -> row.<String>getAs("id") + " " + row.<String>getAs("reason"))
                .toList();
    }

    private Path copy() throws IOException {
        Path copy = folder.resolve("pictures");
        try (Stream<Path> files = Files.walk(drawn)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(drawn.relativize(file));
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
        return copy;
    }

    @Test
    void halfOfAllOpensFailAndNoPictureIsLost() {
        FaultyFileSystem.fail(FaultyFileSystem.halfOfOpens(1, StorageFailureTest::isPicture));
        done(convert(drawn, home), "636 converted + 0 rejected");
        sameAsUndisturbed();
    }

    @Test
    void streamsBreakInTheMiddleAndNoPictureIsLost() {
        FaultyFileSystem.fail(FaultyFileSystem.everyOtherStreamBreaks(false, StorageFailureTest::isPicture));
        done(convert(drawn, home), "636 converted + 0 rejected");
        sameAsUndisturbed();
    }

    @ParameterizedTest
    @CsvSource({"/features/, true", "/rejects/, false", "/targets/, false"})
    void storageThatTakesNoTableEndsWithInputAndTheSameCommandGoesOn(String table, boolean created) {
        FaultyFileSystem.fail(FaultyFileSystem.everyWriting(
                created,
                file -> file.toString().contains(table) && file.getName().endsWith(".parquet")));
        refused(
                convert("faulty:" + drawn, "faulty:" + home),
                ".parquet cannot be written: ",
                "Please reduce your request rate (Status Code: 503)",
                "the same command goes on from there");
        assertThat(home.resolve("manifest.json")).doesNotExist();
        FaultyFileSystem.heal();
        done(convert("faulty:" + drawn, "faulty:" + home));
        sameAsUndisturbed();
    }

    @Test
    void storageThatStaysAwayEndsWithInputAndTheSameCommandGoesOn() throws IOException {
        FaultyFileSystem.fail(FaultyFileSystem.everyOpen(only(LAST)));
        refused(
                convert(drawn, home),
                LAST + " cannot be read, tried 12 times: ",
                "Please reduce your request rate (Status Code: 503)",
                "the same command goes on from there");
        assertThat(home.resolve("manifest.json")).doesNotExist();
        assertThat(names(home.resolve(".rela/convert/waves"))).hasSize(2);
        List<String> kept = names(home.resolve(".rela/convert/features"));

        FaultyFileSystem.heal();
        done(convert(drawn, home));
        assertThat(record().run().warnings())
                .containsExactly("Going on where an earlier run stopped: 512 of 636 pictures are done.");
        assertThat(names(home.resolve("features"))).containsAll(kept);
        assertThat(home.resolve(".rela")).doesNotExist();
        sameAsUndisturbed();
    }

    @Test
    void aPictureThatMayNotBeReadStopsTheCommandAtOnce() {
        FaultyFileSystem.fail(FaultyFileSystem.denied(only(LAST)));
        refused(
                convert(drawn, home),
                LAST + " may not be read: Permission denied: user=nobody",
                "the same command goes on from there");
        assertThat(FaultyFileSystem.opens(
                        new org.apache.hadoop.fs.Path(drawn.resolve(LAST).toString())))
                .isEqualTo(1);

        FaultyFileSystem.heal();
        done(convert(drawn, home));
        sameAsUndisturbed();
    }

    @Test
    void aPictureThatIsGoneIsARejectOnlyOnDemandAndIsLookedForByEveryRun() {
        FaultyFileSystem.fail(FaultyFileSystem.gone(only(LAST)));
        refused(convert(drawn, home), LAST + " is gone: No such file", "--missing reject");

        done(convert(drawn, home, "--missing", "reject"), "635 converted + 1 rejected");
        assertThat(rejects()).containsExactly(LAST + " unreadable");
        done(convert(drawn, home), "nothing to do. Pictures that are still missing: 1;");

        FaultyFileSystem.heal();
        done(convert(drawn, home));
        assertThat(record().run().warnings())
                .containsExactly("Pictures that were missing when this was converted and are there now: 1 of 1."
                        + " Converting anew.");
        sameAsUndisturbed();
        assertThat(convert(drawn, home).text()).contains("nothing to do").doesNotContain("missing");
    }

    @Test
    @Tag("slow")
    void aPictureThatIsBackRemovesNoLossesUnasked() throws IOException {
        FaultyFileSystem.fail(FaultyFileSystem.gone(only(LAST)));
        done(convert(drawn, home, "--missing", "reject"));
        FaultyFileSystem.heal();
        Path log = Files.writeString(folder.resolve("log.csv"), "index,loss\n3,0.5\n");
        done(Rela.run("score", "--home", home, "--epoch", 0, "--losses", log));

        done(convert(drawn, home), "--if-exists overwrite converts anew", "nothing to do");
        assertThat(home.resolve("losses/epoch=0")).exists();
        done(convert(drawn, home, "--if-exists", "overwrite"), "636 converted + 0 rejected");
        assertThat(home.resolve("losses")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void anOverwriteThatWasAbandonedLeavesTheFinishedConversionAsItIs() {
        done(convert(drawn, home));
        FaultyFileSystem.fail(FaultyFileSystem.denied(only(LAST)));
        refused(convert(drawn, home, "--mean", "0,0,0", "--if-exists", "overwrite"), LAST);
        FaultyFileSystem.heal();

        done(convert(drawn, home), "nothing to do");
        Rela.Outcome other = convert(drawn, home, "--mean", "0,0,0");
        assertThat(other.code()).as(other.text()).isEqualTo(ExitCode.HOME);
        sameAsUndisturbed();
        done(convert(drawn, home, "--mean", "0,0,0", "--if-exists", "overwrite"), "Going on where an earlier run");
    }

    @Test
    void aScoringWhoseOutputsCannotBeReadForAWhileGoesOnFromThere() {
        done(convert(drawn, home));
        Object[] score = {
            "score", "--home", "faulty:" + home, "--epoch", 0, "--learner", Rela.prior("learner8"), "--transfer", "none"
        };
        FaultyFileSystem.fail(
                FaultyFileSystem.everyOpen(file -> file.toString().contains("/outputs-epoch=0/features/")));
        refused(Rela.run(score), "the same command goes on from there");
        FaultyFileSystem.heal();
        done(Rela.run(score), "Going on where an earlier run stopped: 636 of 636");
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void anUnfinishedConversionLooksAgainForWhatWasGone() {
        FaultyFileSystem.fail(FaultyFileSystem.gone(only("cross/000.jpg")));
        Rela.Outcome stopped = convert(drawn, home, "--missing", "reject", "--max-rejects", 0);
        assertThat(stopped.code()).isEqualTo(ExitCode.REJECTS);

        FaultyFileSystem.heal();
        done(convert(drawn, home, "--missing", "reject", "--max-rejects", 0), "636 converted + 0 rejected");
        sameAsUndisturbed();
    }

    @Test
    @Tag("slow")
    void picturesThatAreDeletedUnderARunningCommand() throws IOException {
        Path pictures = copy();
        Path victim = pictures.resolve(LAST);
        byte[] bytes = Files.readAllBytes(victim);
        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void open(org.apache.hadoop.fs.Path file, int time) throws IOException {
                Files.deleteIfExists(victim);
            }
        });
        refused(convert(pictures, home), LAST + " is gone", "--missing reject");
        assertThat(names(home.resolve(".rela/convert/waves"))).hasSize(2);

        refused(convert(pictures, home), "1 picture is gone", LAST, "--missing reject");
        done(convert(pictures, home, "--missing", "reject"), "635 converted + 1 rejected");
        assertThat(record().run().warnings())
                .anyMatch(warning -> warning.startsWith("1 picture is gone since this conversion began"))
                .anyMatch(warning -> warning.contains("512 of 636 pictures are done"));
        assertThat(rejects()).containsExactly(LAST + " unreadable");
        assertThat(record().source().count()).isEqualTo(636);
        done(convert(pictures, home), "nothing to do. Pictures that are still missing: 1;");

        // What is no missing picture is a change as ever.
        Files.move(pictures.resolve("cross/000.jpg"), folder.resolve("aside"));
        assertThat(convert(pictures, home).code()).isEqualTo(ExitCode.HOME);
        Files.move(folder.resolve("aside"), pictures.resolve("cross/000.jpg"));

        FaultyFileSystem.heal();
        Files.write(victim, bytes);
        done(convert(pictures, home), "636 converted + 0 rejected");
        sameAsUndisturbed();
    }

    @Test
    @Tag("slow")
    void aTarThatIsGoneAsAWhole() throws IOException {
        Path tars = Files.createDirectory(folder.resolve("tars"));
        List<Path> files = files();
        tar(tars.resolve("0.tar"), files.subList(0, 400));
        tar(tars.resolve("1.tar"), files.subList(400, files.size()));
        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void open(org.apache.hadoop.fs.Path file, int time) throws IOException {
                // It is opened once to be listed.
                if (file.getName().equals("1.tar") && time > 1) {
                    Files.deleteIfExists(tars.resolve("1.tar"));
                }
            }
        });
        refused(convert(tars, home), "1.tar is gone", "--missing reject");
        done(
                convert(tars, home, "--missing", "reject", "--max-rejects", 1),
                "636 listed = 400 converted + 236 rejected");
        assertThat(rejects()).hasSize(236).allMatch(reject -> reject.endsWith(" unreadable"));
        done(convert(tars, home), "nothing to do. Pictures that are still missing: 236;");

        FaultyFileSystem.heal();
        tar(tars.resolve("1.tar"), files.subList(400, files.size()));
        done(convert(tars, home), "636 converted + 0 rejected");
        sameAsUndisturbed();
    }

    @Test
    void aTarThatIsShorterThanWhenListedIsNamedAndNoReject() throws IOException {
        Path tar = folder.resolve("0.tar");
        tar(tar, files());
        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void open(org.apache.hadoop.fs.Path file, int time) throws IOException {
                if (file.getName().equals("0.tar") && time == 2) {
                    try (var channel = Files.newByteChannel(tar, java.nio.file.StandardOpenOption.WRITE)) {
                        channel.truncate(channel.size() / 2);
                    }
                }
            }
        });
        refused(
                convert(tar, home, "--missing", "reject"),
                "0.tar' ends before byte",
                "shorter than when it was listed");
    }

    @Test
    @Tag("slow")
    void picturesThatTravelAlongAreReadAsPatiently() {
        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void open(org.apache.hadoop.fs.Path file, int time) throws IOException {
                if (isPicture(file) && time % 2 == 0) {
                    throw FaultyFileSystem.busy(file);
                }
                if (only(LAST).test(file) && time > 1) {
                    throw FaultyFileSystem.busy(file);
                }
            }
        });
        refused(convert(drawn, home, "--keep-images"), LAST + " cannot be read, tried 12 times");
        assertThat(names(home.resolve(".rela/convert/waves"))).hasSize(3);
        FaultyFileSystem.heal();
        done(convert(drawn, home, "--keep-images"));
        sameAsUndisturbed();
        // The home's own tables now lie on the storage that fails.
        FaultyFileSystem.fail(FaultyFileSystem.everyOtherStreamBreaks(
                false, file -> file.toString().contains("/targets/part")));
        done(score("faulty:" + home));
        FaultyFileSystem.fail(FaultyFileSystem.everyOpen(
                file -> file.toString().contains("/targets/part") && FaultyFileSystem.opens(file) > 2));
        refused(score("faulty:" + home, "--if-exists", "overwrite"), "/targets/part-", "tried 12 times");
    }

    @Test
    @Tag("slow")
    void scoringAndSubsetsReadPicturesAsPatiently() {
        done(convert(drawn, home));
        FaultyFileSystem.fail(FaultyFileSystem.everyOpen(only(LAST)));
        refused(score(home), LAST + " cannot be read, tried 12 times", "the same command goes on from there");
        assertThat(home.resolve(".rela/outputs-epoch=3/state.json")).exists();
        FaultyFileSystem.fail(FaultyFileSystem.halfOfOpens(2, StorageFailureTest::isPicture));
        done(score(home), "636 scored + 0 without a loss");
        List<Row> losses = Rela.rows(home, "losses/epoch=3");

        FaultyFileSystem.fail(FaultyFileSystem.gone(only(LAST)));
        refused(score(home, "--if-exists", "overwrite"), LAST + " is gone", "--missing reject");
        done(score(home, "--if-exists", "overwrite", "--missing", "reject"), "635 scored + 1 without a loss");
        done(score(home), "nothing to do. Pictures that were missing: 1");
        refused(select("--columns", "images"), LAST + " is gone");
        FaultyFileSystem.fail(FaultyFileSystem.denied(only(LAST)));
        refused(select("--columns", "images"), LAST + " may not be read");
        FaultyFileSystem.fail(FaultyFileSystem.halfOfOpens(3, StorageFailureTest::isPicture));
        done(select("--columns", "images"), "uniform chose 636 of 636");
        done(score(home, "--if-exists", "overwrite"));
        assertThat(Rela.rows(home, "losses/epoch=3")).isEqualTo(losses);
    }

    private Rela.Outcome score(Object of, Object... more) {
        List<Object> args =
                new ArrayList<>(List.of("score", "--home", of, "--epoch", 3, "--learner", Rela.prior("learner8")));
        args.addAll(List.of(more));
        return Rela.run(args.toArray());
    }

    private Rela.Outcome select(Object... more) {
        List<Object> args =
                new ArrayList<>(List.of("select", "--home", home, "--epoch", 4, "--policy", "uniform", "--ratio", 1));
        args.addAll(List.of(more));
        return Rela.run(args.toArray());
    }

    private ConversionRecord record() {
        return DatasetHome.at(home.toString(), new Configuration())
                .manifest()
                .newest(ConversionRecord.class)
                .orElseThrow();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> walk = Files.walk(drawn)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void tar(Path tar, List<Path> files) throws IOException {
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
            for (Path file : files) {
                TarArchiveEntry entry =
                        new TarArchiveEntry(drawn.relativize(file).toString());
                entry.setSize(Files.size(file));
                out.putArchiveEntry(entry);
                Files.copy(file, out);
                out.closeArchiveEntry();
            }
        }
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
