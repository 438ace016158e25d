package io.rela.home;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.manifest.Change;
import io.rela.manifest.StagedTable;
import io.rela.manifest.TableFile;
import io.rela.select.Columns;
import io.rela.table.Json;
import io.rela.testing.UploadingFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardFileTest {
    private static final String YOURS = "# What stands below stays: license, tags, and whatever else belongs here.\n";

    @TempDir
    Path all;

    private Path folder;

    @BeforeEach
    void inFolder() {
        folder = all;
    }

    @Test
    void theCardFollowsWhatCommandsCommit() throws IOException {
        commit(CardManifests.conversion(List.of("cat", "dog"), true, 1));
        assertThat(card()).contains("- config_name: targets").doesNotContain("epoch-3");
        commit(CardManifests.epoch(3, Columns.IMAGES));
        assertThat(card()).contains("- config_name: losses-epoch-3", "- config_name: subset-epoch-3");
        commit(CardManifests.epoch(4, Columns.INDEX));
        assertThat(card()).contains("- config_name: subset-epoch-3", "- config_name: subset-epoch-4");
        commit(CardManifests.pruning(3));
        assertThat(card()).contains("- config_name: subset-epoch-4").doesNotContain("epoch-3");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("README.md", "manifest.json")
                    .noneMatch(name -> name.startsWith("."));
        }
    }

    @Test
    void aCardThatACrashKeptFromBeingWrittenIsWrittenByTheNextCommand() throws IOException {
        commit(CardManifests.conversion(List.of("cat", "dog"), true, 1));
        String before = card();
        DatasetHome killed = prepared(new Configuration());
        // What a crash between the manifest and the card leaves behind.
        Files.writeString(
                folder.resolve(".rela/commit.json"),
                "{\"staging\":\"select\",\"tables\":[],\"removed\":[],\"manifest\":"
                        + Json.text(killed.manifest().after(CardManifests.epoch(3, Columns.INDEX))) + "}");
        Files.delete(folder.resolve(".rela/lock"));
        assertThat(card()).isEqualTo(before);
        prepared(new Configuration()).leave();
        assertThat(card()).contains("- config_name: subset-epoch-3");
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void whereverStorageFailsTheCardIsWholeAndTellsWhatTheManifestTellsAfterTheNextCommand() throws IOException {
        int doubtful = 0;
        boolean failed = true;
        for (int step = 0; failed; step++) {
            folder = Files.createDirectory(all.resolve("home" + step));
            commit(CardManifests.conversion(List.of("cat", "dog"), true, 1));
            String before = card();
            DatasetHome home = prepared(UploadingFileSystem.configuration(FailingFileSystem.class));
            Change change = CardManifests.epoch(3, Columns.INDEX);
            stage(home, change);
            ((FailingFileSystem) home.fileSystem()).failAt(step);
            try {
                home.commit(home.staging("select"), change);
            } catch (UncheckedIOException e) {
                assertThat(home.manifest().records()).hasSize(1);
            } catch (RelaException e) {
                assertThat(e.exitCode()).isEqualTo(ExitCode.DOUBTFUL);
                doubtful++;
            }
            failed = ((FailingFileSystem) home.fileSystem()).hasFailed();
            assertThat(card()).satisfiesAnyOf(card -> assertThat(card).isEqualTo(before), card -> assertThat(card)
                    .contains("- config_name: subset-epoch-3")
                    .endsWith("-->\n"));
            home.leave();
            prepared(new Configuration()).leave();
            assertThat(card().contains("- config_name: subset-epoch-3"))
                    .isEqualTo(home.manifest().records().size() == 2);
        }
        assertThat(doubtful).isGreaterThan(8);
    }

    @Test
    void whatPeopleHaveWrittenStays() throws IOException {
        commit(CardManifests.conversion(List.of("cat", "dog"), true, 1));
        Files.writeString(
                folder.resolve("README.md"), card().replace(YOURS, YOURS + "license: cc-by-4.0\n") + "\n## Thanks\n");
        commit(CardManifests.epoch(3, Columns.INDEX));
        assertThat(card())
                .contains(YOURS + "license: cc-by-4.0\n---\n", "- config_name: subset-epoch-3")
                .endsWith("-->\n\n## Thanks\n");
        byte[] own = {'#', ' ', (byte) 0xe4, '\n'};
        Files.write(folder.resolve("README.md"), own);
        commit(CardManifests.epoch(4, Columns.INDEX));
        assertThat(folder.resolve("README.md")).hasBinaryContent(own);
        Files.delete(folder.resolve("README.md"));
        Files.createDirectory(folder.resolve("README.md"));
        commit(CardManifests.epoch(5, Columns.INDEX));
        assertThat(folder.resolve("README.md")).isEmptyDirectory();
        Files.delete(folder.resolve("README.md"));
        commit(CardManifests.epoch(6, Columns.INDEX));
        assertThat(card()).contains("E: 3–6 |");
    }

    private String card() throws IOException {
        return Files.readString(folder.resolve("README.md"));
    }

    private DatasetHome prepared(Configuration conf) {
        DatasetHome home = DatasetHome.at(folder.toString(), conf);
        home.prepare("select", LockWait.none());
        return home;
    }

    private void commit(Change change) throws IOException {
        DatasetHome home = prepared(new Configuration());
        stage(home, change);
        home.commit(home.staging("select"), change);
        home.leave();
    }

    private static void stage(DatasetHome home, Change change) throws IOException {
        for (StagedTable table : change.made()) {
            Path staged = Path.of(home.staging("select").toUri()).resolve(table.name());
            Files.createDirectories(staged);
            for (TableFile file : table.files()) {
                Files.writeString(
                        staged.resolve(Path.of(file.path()).getFileName().toString()), "0123456789");
            }
        }
    }
}
