package io.rela.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.manifest.Change;
import io.rela.manifest.Counts;
import io.rela.manifest.Manifest;
import io.rela.manifest.PruneRecord;
import io.rela.manifest.StagedTable;
import io.rela.manifest.TableFile;
import io.rela.table.Json;
import io.rela.testing.StepTime;
import io.rela.testing.UploadingFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetHomeTest {
    @TempDir
    Path all;

    private Path folder;

    @BeforeEach
    void inFolder() {
        folder = all;
    }

    @Test
    void tablesAppearWithTheirRecordAndNothingHiddenStays() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "first");
        home.commit(home.staging("convert"), change("one", List.of("targets"), List.of()));
        assertThat(folder.resolve("targets/part")).hasContent("first");
        assertThat(names(home)).containsExactly("one");
        home.leave(home.staging("listing"));
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void aSecondCommitReplacesTheTableAndKeepsBothRecords() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "first");
        home.commit(home.staging("convert"), change("one", List.of("targets"), List.of()));
        stage(home, "targets", "second");
        home.commit(home.staging("convert"), change("two", List.of("targets"), List.of()));
        assertThat(folder.resolve("targets/part")).hasContent("second");
        assertThat(names(home)).containsExactly("one", "two");
    }

    @Test
    void aCommitThatWasCutOffIsCompletedByTheNextCommand() throws IOException {
        DatasetHome home = prepared();
        stage(home, "features", "f");
        stage(home, "targets", "t");
        // What a crash after the first of two renames leaves behind.
        Files.writeString(
                folder.resolve(".rela/commit.json"),
                "{\"staging\":\"convert\",\"tables\":[\"features\",\"targets\"],\"removed\":[],\"manifest\":"
                        + Json.text(Manifest.EMPTY.after(change("one", List.of("targets"), List.of()))) + "}");
        Files.move(folder.resolve(".rela/convert/features"), folder.resolve("features"));

        Files.delete(folder.resolve(".rela/lock"));
        DatasetHome next = prepared();
        assertThat(folder.resolve("features/part")).hasContent("f");
        assertThat(folder.resolve("targets/part")).hasContent("t");
        assertThat(next.manifest().records()).hasSize(1);
        assertThat(folder.resolve(".rela/commit.json")).doesNotExist();
    }

    @Test
    void aJournalThatAnotherCommandHasOvertakenBeginsNothing() throws IOException {
        commitFirst();
        Manifest late = home().manifest().after(change("late", List.of("targets"), List.of("losses")));
        DatasetHome other = prepared();
        stage(other, "targets", "new");
        other.commit(other.staging("convert"), change("two", List.of("targets"), List.of()));
        other.leave(other.staging("listing"));
        Files.createDirectories(folder.resolve(".rela"));
        Files.writeString(
                folder.resolve(".rela/commit.json"),
                "{\"staging\":\"convert\",\"tables\":[\"targets\"],\"removed\":[\"losses\"],\"manifest\":"
                        + Json.text(late) + "}");
        DatasetHome next = prepared();
        assertThat(next.isCutOff()).isFalse();
        assertThat(names(next)).containsExactly("one", "two");
        assertThat(folder.resolve("targets/part")).hasContent("new");
        assertThat(folder.resolve("losses/part")).hasContent("old");
    }

    @Test
    void aCommitThatFailsHalfWayIsCompletedByTheNextCommand() throws IOException {
        DatasetHome home = prepared();
        stage(home, "losses/epoch=0", "l");
        Files.writeString(folder.resolve("losses"), "in the way");
        assertThatThrownBy(
                        () -> home.commit(home.staging("convert"), change("one", List.of("losses/epoch=0"), List.of())))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("the next command that writes to this home completes it")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.DOUBTFUL);
        home.leave(home.staging("convert"));
        Files.delete(folder.resolve("losses"));
        assertThat(prepared().manifest().records()).hasSize(1);
        assertThat(folder.resolve("losses/epoch=0/part")).hasContent("l");
    }

    @Test
    void aJournalThatWasNotWrittenToItsEndBeganNothing() throws IOException {
        for (String cut : List.of("", "{\"staging\":\"conv", "{\"staging\":\"convert\",\"tables\":[]}")) {
            folder = Files.createDirectory(all.resolve("home" + cut.length()));
            commitFirst();
            Files.createDirectories(folder.resolve(".rela"));
            Files.writeString(folder.resolve(".rela/commit.json"), cut);
            DatasetHome next = prepared();
            assertThat(next.isCutOff()).isFalse();
            assertThat(next.manifest().records()).hasSize(1);
            assertThat(folder.resolve("targets/part")).hasContent("old");
            next.leave(next.staging("convert"));
            assertThat(folder.resolve(".rela")).doesNotExist();
        }
    }

    /** Where renaming copies file by file, and deletes then. */
    @Test
    void aRenamingThatWasCutOffInItsMiddleIsCompleted() throws IOException {
        for (boolean copied : new boolean[] {true, false}) {
            folder = Files.createDirectory(all.resolve("home" + copied));
            commitFirst();
            DatasetHome killed = prepared();
            stage(killed, "targets", "new");
            Path staged = folder.resolve(".rela/convert/targets");
            Files.writeString(staged.resolve("part-2"), "new too");
            Files.createDirectories(folder.resolve(".rela/convert/replaced-targets"));
            Files.move(folder.resolve("targets/part"), folder.resolve(".rela/convert/replaced-targets/part"));
            Files.copy(staged.resolve("part"), folder.resolve("targets/part"));
            if (copied) {
                Files.copy(staged.resolve("part-2"), folder.resolve("targets/part-2"));
                Files.delete(staged.resolve("part"));
            }
            StagedTable made = new StagedTable(
                    "targets",
                    List.of(
                            new TableFile("targets/part", 1, 3, null, null),
                            new TableFile("targets/part-2", 1, 7, null, null)));
            Change change = new Change(
                    List.of(made),
                    List.of(),
                    change("two", List.of(), List.of()).record());
            Files.writeString(
                    folder.resolve(".rela/commit.json"),
                    "{\"staging\":\"convert\",\"tables\":[\"targets\"],\"removed\":[],\"manifest\":"
                            + Json.text(killed.manifest().after(change)) + "}");
            Files.delete(folder.resolve(".rela/lock"));
            DatasetHome next = prepared();
            assertThat(folder.resolve("targets/part")).hasContent("new");
            assertThat(folder.resolve("targets/part-2")).hasContent("new too");
            assertThat(folder.resolve("targets")).isDirectoryNotContaining(file -> !Files.isRegularFile(file));
            next.leave(next.staging("convert"));
            assertThat(folder.resolve(".rela")).doesNotExist();
        }
    }

    @Test
    void whoHasLostTheLockCommitsNothingAndLeavesItAndWhatIsStagedToItsNewOwner() throws IOException {
        DatasetHome first = prepared();
        Path lock = folder.resolve(".rela/lock");
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minusSeconds(61)));
        DatasetHome second = prepared();
        stage(second, "targets", "t");
        assertThatThrownBy(() -> first.commit(first.staging("convert"), change("one", List.of("targets"), List.of())))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("has lost")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.BUSY);
        first.leave(first.staging("convert"));
        assertThat(lock).exists();
        assertThat(folder.resolve(".rela/convert/targets/part")).exists();
        assertThat(second.manifest().records()).isEmpty();
        second.leave(second.staging("convert"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whoHasLostItsEpochCommitsNothing() throws IOException {
        DatasetHome first = preparedEpoch(3);
        stage(first, "epoch=3", "losses/epoch=3", "l");
        Files.setLastModifiedTime(
                folder.resolve(".rela/lock-epoch=3"),
                FileTime.from(Instant.now().minusSeconds(61)));
        preparedEpoch(3);
        assertThatThrownBy(() -> first.whileHeld(
                        () -> first.commit(first.staging(3), change("one", List.of("losses/epoch=3"), List.of()))))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("has lost epoch 3");
        assertThat(first.manifest().records()).isEmpty();
        assertThat(folder.resolve(".rela/lock")).doesNotExist();
    }

    @Test
    void epochsAreWorkedOnSideBySideAndOneEpochByOneCommand() throws IOException {
        DatasetHome three = preparedEpoch(3);
        DatasetHome four = preparedEpoch(4);
        assertBusy(() -> preparedEpoch(3)).hasMessageContaining("holds epoch 3 of");
        stage(three, "epoch=3", "losses/epoch=3", "3");
        stage(four, "epoch=4", "losses/epoch=4", "4");
        four.whileHeld(() -> four.commit(four.staging(4), change("four", List.of("losses/epoch=4"), List.of())));
        three.whileHeld(() -> three.commit(three.staging(3), change("three", List.of("losses/epoch=3"), List.of())));
        four.leave(four.staging(4));
        three.leave(three.staging(3));
        assertThat(names(three)).containsExactly("four", "three");
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void whoeverWorksOnTheWholeHomeKeepsEpochsFromBeginning() {
        DatasetHome whole = prepared();
        assertBusy(() -> preparedEpoch(3)).hasMessageContaining("holds file:");
        whole.leave();
        DatasetHome alone = home();
        alone.prepareEpoch("score", 5, true, LockWait.none());
        assertBusy(() -> preparedEpoch(3)).hasMessageContaining("score (process");
        assertBusy(this::prepared);
        alone.leave(alone.staging(5));
        preparedEpoch(3);
        assertBusy(() -> home().prepareEpoch("score", 3, true, LockWait.none())).hasMessageContaining("epoch 3");
        assertThat(folder.resolve(".rela/lock")).doesNotExist();
    }

    @Test
    void aCommitWaitsForAnotherOne() throws IOException {
        DatasetHome three = preparedEpoch(3);
        stage(three, "epoch=3", "losses/epoch=3", "3");
        DatasetHome four = home();
        three.whileHeld(() -> {
            StepTime time = new StepTime(() -> {});
            four.prepareEpoch("select", 4, false, new LockWait(Duration.ZERO, said -> {}, time));
            assertBusy(() -> four.whileHeld(() -> {}));
            assertThat(time.seconds()).isEqualTo(60);
        });
    }

    @Test
    void aCommitOfAnEpochThatWasCutOffIsCompletedByACommandOfAnotherOne() throws IOException {
        DatasetHome killed = preparedEpoch(3);
        stage(killed, "epoch=3", "losses/epoch=3", "l");
        Files.writeString(
                folder.resolve(".rela/commit.json"),
                "{\"staging\":\"epoch=3\",\"tables\":[\"losses/epoch=3\"],\"removed\":[],\"manifest\":"
                        + Json.text(Manifest.EMPTY.after(change("one", List.of("targets"), List.of()))) + "}");
        DatasetHome next = preparedEpoch(4);
        assertThat(folder.resolve("losses/epoch=3/part")).hasContent("l");
        assertThat(next.manifest().records()).hasSize(1);
        assertThat(next.isCutOff()).isFalse();
    }

    @Test
    void whatWasStagedOfEpochsAndAbandonedGoesButNotWhatIsWorkedOn() throws IOException {
        DatasetHome living = preparedEpoch(3);
        stage(living, "epoch=3", "losses/epoch=3", "3");
        stage(living, "epoch=12", "losses/epoch=12", "12");
        Files.writeString(folder.resolve(".rela/lock-epoch=7"), "");
        Files.setLastModifiedTime(
                folder.resolve(".rela/lock-epoch=7"),
                FileTime.from(Instant.now().minusSeconds(61)));
        DatasetHome whole = prepared();
        whole.removeAbandoned(epoch -> true);
        whole.leave();
        assertThat(folder.resolve(".rela/epoch=3")).exists();
        assertThat(folder.resolve(".rela/epoch=12")).doesNotExist();
        living.leave(living.staging(3));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFailureBeforeTheJournalIsOrdinaryAndOneAfterItIsDoubtfulAndCompletedByTheNextCommand() throws IOException {
        Set<String> kinds = new TreeSet<>();
        int step = 0;
        for (boolean failed = true; failed; step++) {
            folder = Files.createDirectory(all.resolve("home" + step));
            commitFirst();
            DatasetHome home = onFailing();
            home.prepare("convert", LockWait.none());
            stage(home, "targets", "new");
            stage(home, "features", "new");
            failed = false;
            ((FailingFileSystem) home.fileSystem()).failAt(step);
            try {
                home.commit(home.staging("convert"), change("two", List.of("targets", "features"), List.of("losses")));
            } catch (UncheckedIOException e) {
                kinds.add("ordinary");
                failed = true;
                assertThat(home.isCutOff()).isFalse();
                assertThat(folder.resolve("targets/part")).hasContent("old");
                assertThat(folder.resolve("losses")).exists();
                assertThat(home.manifest().records()).hasSize(1);
            } catch (RelaException e) {
                kinds.add("doubtful");
                failed = true;
                assertThat(e.exitCode()).isEqualTo(ExitCode.DOUBTFUL);
            }
            // Some failures are tolerated: the commit is whole all the same.
            failed |= ((FailingFileSystem) home.fileSystem()).hasFailed();
            home.leave(home.staging("listing"));
            if (failed && kinds.contains("doubtful")) {
                DatasetHome next = preparedEpoch(9);
                next.leave(next.staging(9));
            }
            if (kinds.contains("doubtful")) {
                assertThat(folder.resolve("targets/part")).hasContent("new");
                assertThat(folder.resolve("features/part")).hasContent("new");
                assertThat(folder.resolve("losses")).doesNotExist();
                assertThat(home.manifest().records()).hasSize(2);
                assertThat(folder.resolve(".rela")).doesNotExist();
            }
        }
        assertThat(kinds).containsExactlyInAnyOrder("ordinary", "doubtful");
        assertThat(step).isGreaterThan(10);
    }

    @Test
    void aJournalWhoseWritingIsOnlySaidToHaveFailedCounts() throws IOException {
        DatasetHome home = onFailing();
        FailingFileSystem fs = (FailingFileSystem) home.fileSystem();
        home.prepare("convert", LockWait.none());
        stage(home, "targets", "t");
        fs.loseAnswerOfRenamingTo("commit.json");
        home.commit(home.staging("convert"), change("one", List.of("targets"), List.of()));
        assertThat(folder.resolve("targets/part")).hasContent("t");
        assertThat(home.isCutOff()).isFalse();
    }

    @Test
    void whereNobodyCanTellWhetherTheJournalIsThereTheCommitIsDoubtful() throws IOException {
        DatasetHome home = onFailing();
        FailingFileSystem fs = (FailingFileSystem) home.fileSystem();
        home.prepare("convert", LockWait.none());
        stage(home, "targets", "t");
        fs.loseAnswerOfRenamingTo("commit.json");
        fs.breakAfterwards();
        assertThatThrownBy(() -> home.commit(home.staging("convert"), change("one", List.of("targets"), List.of())))
                .isInstanceOf(RelaException.class)
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.DOUBTFUL);
        home.leave(home.staging("listing"));
        Files.delete(folder.resolve(".rela/lock"));
        assertThat(prepared().manifest().records()).hasSize(1);
        assertThat(folder.resolve("targets/part")).hasContent("t");
    }

    @Test
    void aPatternIsNoHome() {
        assertThatThrownBy(() -> DatasetHome.at(folder.resolve("a[1]").toString(), new Configuration()))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("pattern");
    }

    @Test
    void withoutAJournalNothingHasHappened() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "t");
        Files.delete(folder.resolve(".rela/lock"));
        assertThat(prepared().manifest().records()).isEmpty();
        assertThat(folder.resolve("targets")).doesNotExist();
    }

    @Test
    void aFolderOfSomebodyElseIsRefused() throws IOException {
        Files.writeString(folder.resolve("thesis.tex"), "\\end");
        assertThatThrownBy(this::prepared)
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("thesis.tex")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.HOME);
    }

    @Test
    void aDamagedManifestIsSaidToBeOne() throws IOException {
        Files.writeString(folder.resolve("manifest.json"), "[{\"command\":");
        DatasetHome home = DatasetHome.at(folder.toString(), new Configuration());
        assertThatThrownBy(home::manifest).isInstanceOf(RelaException.class).hasMessageContaining("manifest.json");
    }

    @Test
    void discardingLeavesAFolderThatWasThereBefore() {
        DatasetHome home = prepared();
        home.leave(home.staging("listing"));
        assertThat(folder).isEmptyDirectory();
        DatasetHome made = DatasetHome.at(folder.resolve("new").toString(), new Configuration());
        made.prepare("convert", LockWait.none());
        made.leave(made.staging("listing"));
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void aCommitThatWasCutOffWhileItCleanedUpIsCompleted() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "t");
        home.commit(home.staging("convert"), change("one", List.of("targets"), List.of()));
        // The tables are visible, the staging folder half deleted, the journal still there.
        Files.createDirectories(folder.resolve(".rela/convert/waves"));
        Files.writeString(
                folder.resolve(".rela/commit.json"),
                "{\"staging\":\"convert\",\"tables\":[\"targets\"],\"removed\":[],\"manifest\":"
                        + Json.text(Manifest.EMPTY.after(change("one", List.of("targets"), List.of()))) + "}");
        Files.delete(folder.resolve(".rela/lock"));
        DatasetHome next = prepared();
        next.leave(next.staging("listing"));
        assertThat(folder.resolve("targets/part")).hasContent("t");
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void twoCommandsDoNotWorkInOneHome() {
        DatasetHome first = prepared();
        assertBusy(this::prepared).hasMessageContaining("busy: convert (process");
        first.leave(first.staging("listing"));
        prepared();
    }

    @Test
    void aRecordThatLacksAPartIsDamage() throws IOException {
        for (String damaged : List.of("[null]", "null", "[{\"command\":\"convert\"}]")) {
            Files.writeString(folder.resolve("manifest.json"), damaged);
            DatasetHome home = DatasetHome.at(folder.toString(), new Configuration());
            assertThatThrownBy(home::manifest).isInstanceOf(RelaException.class).hasMessageContaining("damaged");
        }
    }

    @Test
    void countsThatDoNotAddUpAreRefused() {
        assertThatThrownBy(() -> new Counts(10, 8, 1, Map.of("corrupt", 1L), null))
                .hasMessageContaining("10");
        assertThatThrownBy(() -> new Counts(10, 8, 2, Map.of("corrupt", 1L), null))
                .hasMessageContaining("by reason");
    }

    private DatasetHome home() {
        return DatasetHome.at(folder.toString(), new Configuration());
    }

    private DatasetHome prepared() {
        DatasetHome home = home();
        home.prepare("convert", LockWait.none());
        return home;
    }

    private DatasetHome preparedEpoch(int epoch) {
        DatasetHome home = home();
        home.prepareEpoch("select", epoch, false, LockWait.none());
        return home;
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertBusy(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOfSatisfying(RelaException.class, busy -> assertThat(busy.exitCode())
                .isEqualTo(ExitCode.BUSY));
    }

    /** A home that holds targets and losses of an earlier conversion. */
    private void commitFirst() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "old");
        stage(home, "losses", "old");
        home.commit(home.staging("convert"), change("one", List.of("targets", "losses"), List.of()));
        home.leave(home.staging("listing"));
    }

    private DatasetHome onFailing() {
        return DatasetHome.at(folder.toString(), UploadingFileSystem.configuration(FailingFileSystem.class));
    }

    private static void stage(DatasetHome home, String table, String content) throws IOException {
        stage(home, "convert", table, content);
    }

    private static void stage(DatasetHome home, String staging, String table, String content) throws IOException {
        Path staged = Path.of(home.staging(staging).toUri()).resolve(table);
        Files.createDirectories(staged);
        Files.writeString(staged.resolve("part"), content);
    }

    /** A change whose record says its name. */
    private static Change change(String name, List<String> made, List<String> removed) {
        return new Change(
                made.stream().map(table -> new StagedTable(table, List.of())).toList(),
                removed,
                new PruneRecord(PruneRecord.COMMAND, 0, List.of(name), CardManifests.run()));
    }

    private static List<String> names(DatasetHome home) {
        return home.manifest().records().stream()
                .map(record -> ((PruneRecord) record).removed().get(0))
                .toList();
    }
}
