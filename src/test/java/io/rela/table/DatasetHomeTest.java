package io.rela.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.ManifestRecord.Counts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetHomeTest {
    @TempDir
    Path folder;

    @Test
    void tablesAppearWithTheirRecordAndNothingHiddenStays() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "first");
        home.commit(home.staging("convert"), List.of("targets"), record("one"));
        assertThat(folder.resolve("targets/part")).hasContent("first");
        assertThat(home.newest("convert").orElseThrow().settings()).containsEntry("name", "one");
        home.discard(home.staging("listing"));
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void aSecondCommitReplacesTheTableAndKeepsBothRecords() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "first");
        home.commit(home.staging("convert"), List.of("targets"), record("one"));
        stage(home, "targets", "second");
        home.commit(home.staging("convert"), List.of("targets"), record("two"));
        assertThat(folder.resolve("targets/part")).hasContent("second");
        assertThat(home.manifest()).extracting(r -> r.settings().get("name")).containsExactly("one", "two");
    }

    @Test
    void aCommitThatWasCutOffIsCompletedByTheNextCommand() throws IOException {
        DatasetHome home = prepared();
        stage(home, "features", "f");
        stage(home, "targets", "t");
        // What a crash after the first of two renames leaves behind.
        Files.writeString(
                folder.resolve(".rela/commit.json"),
                "{\"staging\":\"convert\",\"tables\":[\"features\",\"targets\"],\"manifest\":"
                        + Json.text(List.of(record("one"))) + "}");
        Files.move(folder.resolve(".rela/convert/features"), folder.resolve("features"));

        DatasetHome next = prepared();
        assertThat(folder.resolve("features/part")).hasContent("f");
        assertThat(folder.resolve("targets/part")).hasContent("t");
        assertThat(next.manifest()).hasSize(1);
        assertThat(folder.resolve(".rela/commit.json")).doesNotExist();
    }

    @Test
    void withoutAJournalNothingHasHappened() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "t");
        assertThat(prepared().manifest()).isEmpty();
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
        home.discard(home.staging("listing"));
        assertThat(folder).isEmptyDirectory();
        DatasetHome made = DatasetHome.at(folder.resolve("new").toString(), new Configuration());
        made.prepare();
        made.discard(made.staging("listing"));
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void countsThatDoNotAddUpAreRefused() {
        assertThatThrownBy(() -> new Counts(10, 8, 1, Map.of("corrupt", 1L))).hasMessageContaining("10");
        assertThatThrownBy(() -> new Counts(10, 8, 2, Map.of("corrupt", 1L))).hasMessageContaining("by reason");
    }

    private DatasetHome prepared() {
        DatasetHome home = DatasetHome.at(folder.toString(), new Configuration());
        home.prepare();
        return home;
    }

    private static void stage(DatasetHome home, String table, String content) throws IOException {
        Path staged = Path.of(home.staging("convert").toUri()).resolve(table);
        Files.createDirectories(staged);
        Files.writeString(staged.resolve("part"), content);
    }

    private static ManifestRecord record(String name) {
        return new ManifestRecord(
                "convert",
                Map.of("name", name),
                null,
                null,
                new Counts(3, 2, 1, Map.of("corrupt", 1L)),
                null,
                Map.of("total", 1.5),
                Map.of(),
                List.of("cpu"),
                List.of(),
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:01Z");
    }
}
