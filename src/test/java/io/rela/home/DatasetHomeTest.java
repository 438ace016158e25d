package io.rela.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.home.ManifestRecord.Counts;
import io.rela.home.ManifestRecord.Fingerprint;
import io.rela.home.ManifestRecord.ModelInfo;
import io.rela.home.ManifestRecord.ProjectionInfo;
import io.rela.table.Json;
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
        home.commit(home.staging("convert"), List.of("targets"), List.of(), record("one"));
        assertThat(folder.resolve("targets/part")).hasContent("first");
        assertThat(home.newest("convert").orElseThrow().settings()).containsEntry("name", "one");
        home.leave(home.staging("listing"));
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void aSecondCommitReplacesTheTableAndKeepsBothRecords() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "first");
        home.commit(home.staging("convert"), List.of("targets"), List.of(), record("one"));
        stage(home, "targets", "second");
        home.commit(home.staging("convert"), List.of("targets"), List.of(), record("two"));
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

        Files.delete(folder.resolve(".rela/lock"));
        DatasetHome next = prepared();
        assertThat(folder.resolve("features/part")).hasContent("f");
        assertThat(folder.resolve("targets/part")).hasContent("t");
        assertThat(next.manifest()).hasSize(1);
        assertThat(folder.resolve(".rela/commit.json")).doesNotExist();
    }

    @Test
    void aCommitThatFailsHalfWayIsCompletedByTheNextCommand() throws IOException {
        DatasetHome home = prepared();
        stage(home, "losses/epoch=0", "l");
        Files.writeString(folder.resolve("losses"), "in the way");
        assertThatThrownBy(
                        () -> home.commit(home.staging("convert"), List.of("losses/epoch=0"), List.of(), record("one")))
                .isInstanceOf(java.io.UncheckedIOException.class);
        home.leave(home.staging("convert"));
        Files.delete(folder.resolve("losses"));
        assertThat(prepared().manifest()).hasSize(1);
        assertThat(folder.resolve("losses/epoch=0/part")).hasContent("l");
    }

    @Test
    void aJournalThatLacksAPartIsDamageAndDestroysNothing() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "t");
        home.commit(home.staging("convert"), List.of("targets"), List.of(), record("one"));
        Files.writeString(folder.resolve(".rela/commit.json"), "{\"staging\":\"convert\",\"tables\":[]}");
        Files.delete(folder.resolve(".rela/lock"));
        assertThatThrownBy(this::prepared).isInstanceOf(RelaException.class).hasMessageContaining("commit.json");
        assertThat(home.manifest()).hasSize(1);
        assertThat(folder.resolve(".rela/lock")).doesNotExist();
    }

    @Test
    void theLockOfAProcessWhoseNumberCameAgainIsTakenOver() throws IOException {
        prepared();
        Path lock = folder.resolve(".rela/lock");
        Files.writeString(lock, Files.readString(lock).replaceFirst("\"beat\" : [0-9]+", "\"beat\" : 1000"));
        assertThat(prepared().manifest()).isEmpty();
    }

    @Test
    void whoHasLostTheLockCommitsNothingAndLeavesItToItsNewOwner() throws IOException {
        DatasetHome first = prepared();
        stage(first, "targets", "t");
        Path lock = folder.resolve(".rela/lock");
        Files.writeString(lock, Files.readString(lock).replaceFirst("\"beat\" : [0-9]+", "\"beat\" : 1000"));
        DatasetHome second = prepared();
        assertThatThrownBy(() -> first.commit(first.staging("convert"), List.of("targets"), List.of(), record("one")))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("taken over");
        first.leave();
        assertThat(lock).exists();
        assertThat(second.manifest()).isEmpty();
        second.leave();
        assertThat(lock).doesNotExist();
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
        home.leave(home.staging("listing"));
        assertThat(folder).isEmptyDirectory();
        DatasetHome made = DatasetHome.at(folder.resolve("new").toString(), new Configuration());
        made.prepare();
        made.leave(made.staging("listing"));
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void aCommitThatWasCutOffWhileItCleanedUpIsCompleted() throws IOException {
        DatasetHome home = prepared();
        stage(home, "targets", "t");
        home.commit(home.staging("convert"), List.of("targets"), List.of(), record("one"));
        // The tables are visible, the staging folder half deleted, the journal still there.
        Files.createDirectories(folder.resolve(".rela/convert/waves"));
        Files.writeString(
                folder.resolve(".rela/commit.json"),
                "{\"staging\":\"convert\",\"tables\":[\"targets\"],\"manifest\":" + Json.text(List.of(record("one")))
                        + "}");
        Files.delete(folder.resolve(".rela/lock"));
        DatasetHome next = prepared();
        next.leave(next.staging("listing"));
        assertThat(folder.resolve("targets/part")).hasContent("t");
        assertThat(folder.resolve(".rela")).doesNotExist();
    }

    @Test
    void twoCommandsDoNotWorkInOneHome() {
        DatasetHome first = prepared();
        assertThatThrownBy(this::prepared)
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("Another command")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.HOME);
        first.leave(first.staging("listing"));
        prepared();
    }

    @Test
    void theLockOfTheDeadIsTakenOver() throws IOException {
        Files.createDirectory(folder.resolve(".rela"));
        Path lock = folder.resolve(".rela/lock");
        long now = System.currentTimeMillis();
        // No process has the largest number; a host that was silent for two minutes; a lock that was cut off.
        for (String left : List.of(
                "{\"run\":\"a\",\"host\":\""
                        + java.net.InetAddress.getLocalHost().getHostName()
                        + "\",\"pid\":2147483646,\"since\":\"x\",\"beat\":" + now + "}",
                "{\"run\":\"a\",\"host\":\"elsewhere\",\"pid\":1,\"since\":\"x\",\"beat\":" + (now - 120_000) + "}",
                "{\"run\":")) {
            Files.writeString(lock, left);
            DatasetHome home = prepared();
            home.leave(home.staging("listing"));
            Files.createDirectories(folder.resolve(".rela"));
        }
        Files.writeString(
                lock, "{\"run\":\"a\",\"host\":\"elsewhere\",\"pid\":1,\"since\":\"x\",\"beat\":" + now + "}");
        assertThatThrownBy(this::prepared).hasMessageContaining("elsewhere");
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
                new ModelInfo("builtin:prior", "00", 24, 16),
                new Fingerprint(3, 30, "00"),
                new Counts(3, 2, 1, Map.of("corrupt", 1L), null),
                new ProjectionInfo("pca", 8, 0.9, 0),
                null,
                Map.of("total", 1.5),
                Map.of(),
                List.of("cpu"),
                List.of(),
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:01Z");
    }
}
