package io.rela.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.manifest.Change;
import io.rela.manifest.Manifest;
import io.rela.manifest.PruneRecord;
import io.rela.manifest.StagedTable;
import io.rela.storage.Renaming;
import io.rela.storage.UploadGoneException;
import io.rela.table.IndexRange;
import io.rela.table.Json;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import io.rela.testing.ConditionalFileSystem;
import io.rela.testing.ConditionalFileSystem.Manner;
import io.rela.testing.Folders;
import io.rela.testing.UploadingFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Homes where renaming copies; on Hadoop's local uploads, which are what an object store's are, but for the folders that they show. */
@Tag("spark4")
class UploadedTablesTest {
    private static final String LOSSES = Tables.epoch(Tables.LOSSES, 3);

    @TempDir
    Path all;

    private Path folder;

    @BeforeEach
    void inFolder() {
        folder = all;
    }

    @Test
    void whatIsUploadedShowsWhenItIsCommittedAndReplacesWhatWasThere() throws IOException {
        commit("one", 1f);
        DatasetHome home = prepared(copying());
        StagedTable made = stage(home, 2f);
        assertThat(made.rows()).isEqualTo(2);
        assertThat(made.files()).singleElement().satisfies(file -> {
            assertThat(file.first()).isZero();
            assertThat(file.last()).isEqualTo(1L);
        });
        assertThat(shown()).hasSize(1);
        assertThat(losses(home)).containsExactly(1f, 1f);
        home.commit(home.staging("convert"), change("two", made));
        assertThat(losses(home)).containsExactly(2f, 2f);
        assertThat(shown()).containsExactly(made.files().get(0).path());
        assertThat(Files.size(folder.resolve(made.files().get(0).path())))
                .isEqualTo(made.files().get(0).bytes());
        home.leave();
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void whatIsReadBeforeItIsCommittedCountsForNobodyElseAndGoesWithItsCommand() throws IOException {
        commit("one", 1f);
        DatasetHome home = prepared(copying());
        StagedTable made = stage(home, 2f);
        RangedFiles files = TableFiles.readable(made, home.folder(home.staging("convert"), LOSSES));
        assertThat(values(files)).containsExactly(2f, 2f);
        assertThat(shown()).hasSize(2);
        assertThat(losses(home)).containsExactly(1f, 1f);
        home.leave(home.staging("convert"));
        assertThat(shown()).hasSize(1);
        assertThat(losses(home)).containsExactly(1f, 1f);
    }

    @Test
    void whatIsReadBeforeItIsCommittedIsCommitted() throws IOException {
        DatasetHome home = prepared(copying());
        StagedTable made = stage(home, 2f);
        TableFiles.readable(made, home.folder(home.staging("convert"), LOSSES));
        home.commit(home.staging("convert"), change("one", made));
        assertThat(losses(home)).containsExactly(2f, 2f);
    }

    @Test
    void aFileThatDoesNotCountIsNotUploadedToItsEnd() throws IOException {
        DatasetHome home = prepared(copying());
        StagedTable made = stage(home, 2f);
        TableFolder staged = home.folder(home.staging("convert"), LOSSES);
        write(staged, "lost.parquet", 3f);
        staged.keepOnly(List.of(name(made)));
        home.commit(home.staging("convert"), change("one", made));
        assertThat(shown()).containsExactly(made.files().get(0).path());
    }

    @Test
    void whereverStorageFailsOneGenerationCountsAndTheNextCommandLeavesNothingElse() throws IOException {
        Set<String> kinds = new TreeSet<>();
        int step = 0;
        for (boolean failed = true; failed; step++) {
            folder = Files.createDirectory(all.resolve("home" + step));
            commit("one", 1f);
            DatasetHome home = prepared(copying(FailingFileSystem.class));
            StagedTable made = stage(home, 2f);
            FailingFileSystem storage = (FailingFileSystem) home.fileSystem();
            boolean committed = true;
            storage.failAt(step);
            try {
                home.commit(home.staging("convert"), change("two", made));
            } catch (UncheckedIOException e) {
                kinds.add("ordinary");
                committed = false;
                assertThat(losses(home)).containsExactly(1f, 1f);
            } catch (RelaException e) {
                kinds.add("doubtful");
                assertThat(e.exitCode()).isEqualTo(ExitCode.DOUBTFUL);
            }
            failed = storage.hasFailed();
            home.leave(home.staging("convert"));
            DatasetHome next = prepared(copying());
            next.leave();
            assertThat(losses(next)).containsExactly(committed ? twice(2f) : twice(1f));
            assertThat(shown()).hasSize(1);
            assertThat(folder.resolve(".rela/convert")).doesNotExist();
            assertThat(next.isCutOff()).isFalse();
        }
        assertThat(kinds).containsExactlyInAnyOrder("ordinary", "doubtful");
        assertThat(step).isGreaterThan(10);
    }

    @Test
    void aCommitWhoseUploadsSomebodyHasEndedIsTakenBack() throws IOException {
        cutOff();
        endUploads();
        assertIsTakenBack();
    }

    @Test
    void aCommitWhoseTablesAreGoneIsTakenBack() throws IOException {
        // As when the command that took it back was killed.
        cutOff();
        endUploads();
        FileUtil.fullyDelete(folder.resolve(".rela/convert").toFile());
        assertIsTakenBack();
    }

    /** A home with a commit that was begun, and whose end is not known. */
    private void cutOff() throws IOException {
        commit("one", 1f);
        DatasetHome home = prepared(copying(FailingFileSystem.class));
        StagedTable made = stage(home, 2f);
        FailingFileSystem storage = (FailingFileSystem) home.fileSystem();
        storage.breakAfterwards();
        storage.loseAnswerOfRenamingTo("commit.json");
        assertIsDoubtful(home, made);
        Files.delete(folder.resolve(".rela/lock"));
    }

    private static void assertIsDoubtful(DatasetHome home, StagedTable made) {
        assertThatThrownBy(() -> home.commit(home.staging("convert"), change("two", made)))
                .isInstanceOfSatisfying(RelaException.class, doubtful -> assertThat(doubtful.exitCode())
                        .isEqualTo(ExitCode.DOUBTFUL));
        home.leave(home.staging("convert"));
    }

    private void assertIsTakenBack() throws IOException {
        assertThatThrownBy(() -> prepared(copying()))
                .isInstanceOfSatisfying(
                        RelaException.class, gone -> assertThat(gone.exitCode()).isEqualTo(ExitCode.INPUT))
                .hasMessageContainingAll("cannot be completed", "as it was before");
        DatasetHome next = prepared(copying());
        assertThat(losses(next)).containsExactly(1f, 1f);
        assertThat(next.manifest().records()).hasSize(1);
        next.leave();
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void aCommandThatHasLostTheHomeWhileItBeginsToCommitBeginsNothing() throws IOException {
        commit("one", 1f);
        DatasetHome home = prepared(copying(FailingFileSystem.class));
        StagedTable made = stage(home, 2f);
        Path lock = folder.resolve(".rela/lock");
        ((FailingFileSystem) home.fileSystem()).afterRenamingTo("commit.json", () -> {
            try {
                Files.writeString(lock, "{}");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThatThrownBy(() -> home.commit(home.staging("convert"), change("two", made)))
                .isInstanceOfSatisfying(RelaException.class, failure -> assertThat(failure.exitCode())
                        .isEqualTo(ExitCode.BUSY))
                .hasMessageContaining("while it began to commit");
        assertThat(home.manifest().records()).hasSize(1);
        assertThat(folder.resolve(".rela/commit.json")).doesNotExist();
        Files.delete(lock);
        assertThat(losses(prepared(copying()))).containsExactly(1f, 1f);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoIsSilentBeforeTheManifestReplacesNobodysWhereTheStoreIsAsked(boolean first) throws IOException {
        if (!first) {
            commit("one", 1f);
        }
        DatasetHome home = prepared(copying(ConditionalFileSystem.configuration(Manner.HEEDS)));
        StagedTable made = stage(home, 2f);
        Path manifest = folder.resolve("manifest.json");
        String others = Json.text(Manifest.EMPTY);
        ((ConditionalFileSystem) home.fileSystem()).beforeCreating("manifest.json", () -> write(manifest, others));
        assertThatThrownBy(() -> home.commit(home.staging("convert"), change("two", made)))
                .isInstanceOfSatisfying(RelaException.class, failure -> assertThat(failure.exitCode())
                        .isEqualTo(ExitCode.DOUBTFUL));
        assertThat(manifest).hasContent(others);
    }

    @Test
    void aManifestIsReplacedAlsoWhereTheAnswerToThatWasLost() throws IOException {
        commit("one", 1f);
        DatasetHome home = prepared(copying(ConditionalFileSystem.configuration(Manner.HEEDS)));
        Path manifest = folder.resolve("manifest.json");
        for (float loss : new float[] {2f, 3f}) {
            StagedTable made = stage(home, loss);
            Change change = change("loss" + loss, made);
            if (loss == 3f) {
                Manifest after = home.manifest().after(change);
                ((ConditionalFileSystem) home.fileSystem())
                        .beforeCreating("manifest.json", () -> write(manifest, Json.text(after)));
            }
            home.commit(home.staging("convert"), change);
            assertThat(losses(home)).containsExactly(twice(loss));
        }
        home.leave();
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void aStoreThatTakesNoConditionTakesTheManifestWithoutOne() throws IOException {
        commit("one", 1f);
        DatasetHome home = prepared(copying(ConditionalFileSystem.configuration(Manner.HEEDS)));
        ((ConditionalFileSystem) home.fileSystem()).become(Manner.REFUSES);
        home.commit(home.staging("convert"), change("two", stage(home, 2f)));
        assertThat(losses(home)).containsExactly(twice(2f));
        home.leave();
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aCopyOfAHomeLeavesTheHomeAlone() throws IOException {
        DatasetHome home = prepared(copying());
        StagedTable made = stage(home, 2f);
        TableFiles.readable(made, home.folder(home.staging("convert"), LOSSES));
        Path original = folder;
        folder = all.resolve("copy");
        Folders.copy(original.resolve(".rela"), folder.resolve(".rela"));
        Files.delete(folder.resolve(".rela/lock"));
        DatasetHome copy = prepared(copying());
        TableFolder copied = copy.folder(copy.staging("convert"), LOSSES);
        assertThatThrownBy(copied::readable).isInstanceOf(UploadGoneException.class);
        copied.removed();
        copy.leave();
        assertThat(folder.resolve(".rela/convert/" + LOSSES)).doesNotExist();
        folder = original;
        home.commit(home.staging("convert"), change("one", made));
        assertThat(losses(home)).containsExactly(2f, 2f);
    }

    @Test
    void clustersOfAnotherEpochThatAreInUseStay() throws IOException {
        DatasetHome one = epoch(1);
        StagedTable first = clusters(one, 1);
        RangedFiles inUse = TableFiles.readable(first, one.folder(one.staging(1), Tables.CLUSTERS.name()));
        DatasetHome two = epoch(2);
        StagedTable second = clusters(two, 2);
        two.whileHeld(() -> two.commit(two.staging(2), change("two", second)));
        two.leave(two.staging(2));
        assertThat(inUse.files())
                .allSatisfy(file -> assertThat(Path.of(URI.create(file.path()))).exists());
        one.whileHeld(() -> one.commit(one.staging(1), change("one", first)));
        one.leave(one.staging(1));
        assertThat(shown(Tables.CLUSTERS.name()))
                .containsExactly(first.files().get(0).path());
    }

    private DatasetHome epoch(int epoch) {
        DatasetHome home = DatasetHome.at(folder.toString(), copying());
        home.prepareEpoch("select", epoch, false, LockWait.none());
        return home;
    }

    private static StagedTable clusters(DatasetHome home, int epoch) throws IOException {
        TableFolder staged =
                home.folder(home.staging(epoch), Tables.CLUSTERS.name()).empty();
        try (TableWriter writer = staged.place()
                .writer(
                        Tables.CLUSTERS,
                        "part-" + UUID.randomUUID() + ".parquet",
                        staged.fs().getConf())) {
            writer.write(Tables.clusterRow(0, epoch));
        }
        return TableFiles.staged(Tables.CLUSTERS.name(), staged);
    }

    /** Hadoop keeps their parts in folders of their own. */
    private void endUploads() throws IOException {
        try (Stream<Path> parts = Files.list(folder.resolve("losses"))) {
            for (Path part : parts.filter(path -> path.getFileName().toString().contains("part-"))
                    .toList()) {
                FileUtil.fullyDelete(part.toFile());
            }
        }
    }

    private void commit(String name, float loss) throws IOException {
        DatasetHome home = prepared(copying());
        home.commit(home.staging("convert"), change(name, stage(home, loss)));
        home.leave();
    }

    private static Configuration copying() {
        return copying(UploadingFileSystem.class);
    }

    private static Configuration copying(Class<? extends UploadingFileSystem> kind) {
        return copying(UploadingFileSystem.configuration(kind));
    }

    private static Configuration copying(Configuration conf) {
        conf.set(Renaming.SETTING, "copies");
        return conf;
    }

    private DatasetHome prepared(Configuration conf) {
        DatasetHome home = DatasetHome.at(folder.toString(), conf);
        home.prepare("convert", LockWait.none());
        return home;
    }

    /** Losses of two samples, in one file. */
    private static StagedTable stage(DatasetHome home, float loss) throws IOException {
        TableFolder staged = home.folder(home.staging("convert"), LOSSES).empty();
        write(staged, "part-" + UUID.randomUUID() + ".parquet", loss);
        return TableFiles.staged(LOSSES, staged);
    }

    private static void write(TableFolder staged, String name, float loss) throws IOException {
        try (TableWriter writer =
                staged.place().writer(Tables.LOSSES, name, staged.fs().getConf())) {
            writer.write(Tables.lossRow(0, loss));
            writer.write(Tables.lossRow(1, loss));
        }
    }

    private static String name(StagedTable made) {
        return Path.of(made.files().get(0).path()).getFileName().toString();
    }

    private static Change change(String name, StagedTable made) {
        return new Change(
                List.of(made), List.of(), new PruneRecord(PruneRecord.COMMAND, 0, List.of(name), CardManifests.run()));
    }

    /** What a reader of the manifest's list gets. */
    private static List<Float> losses(DatasetHome home) {
        return values(TableFiles.open(home, home.manifest(), LOSSES));
    }

    private static List<Float> values(RangedFiles files) {
        try (RangedFiles.Rows rows =
                files.rows(Tables.LOSSES, new IndexRange(0, Long.MAX_VALUE), new Configuration())) {
            return Stream.generate(() -> rows.hasNext() ? rows.next() : null)
                    .takeWhile(row -> row != null)
                    .map(row -> (Float) row[1])
                    .toList();
        }
    }

    private static Float[] twice(float loss) {
        return new Float[] {loss, loss};
    }

    /** The files that a reader of the folder sees. */
    private List<String> shown() throws IOException {
        return shown(LOSSES);
    }

    private List<String> shown(String table) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(table))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(file -> file.endsWith(".parquet"))
                    .sorted()
                    .toList();
        }
    }
}
