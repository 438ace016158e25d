package io.rela.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.source.Sample;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an end for too many rejects is told with. */
class RejectExamplesTest {
    private final Configuration conf = new Configuration();

    @TempDir
    Path folder;

    private WaveStore<String> store;

    @BeforeEach
    void makeFolders() throws IOException {
        Files.createDirectory(folder.resolve("rejected"));
        store = new WaveStore<>(
                FileSystem.getLocal(conf).getRaw(),
                new org.apache.hadoop.fs.Path(folder.toUri().getPath()),
                String.class);
    }

    @Test
    void examplesStandInSourceOrderAndAreFew() throws IOException {
        write("000000000064-b.parquet", "c", "d", "e");
        write("000000000000-a.parquet", "a", "b");
        assertThat(store.rejectExamples(Optional.empty(), 3))
                .containsExactly("a (truncated: of a)", "b (truncated: of b)", "c (truncated: of c)");
        assertThat(store.rejectExamples(Optional.of(List.of("000000000064-b.parquet")), 2))
                .containsExactly("c (truncated: of c)", "d (truncated: of d)");
    }

    @Test
    void aFileThatIsBeingWrittenIsPassedOver() throws IOException {
        write("000000000064-b.parquet", "c");
        byte[] whole = Files.readAllBytes(folder.resolve("rejected/000000000064-b.parquet"));
        Files.write(folder.resolve("rejected/000000000000-a.parquet"), Arrays.copyOf(whole, whole.length - 20));
        Files.createFile(folder.resolve("rejected/000000000001-a.parquet"));
        assertThat(store.rejectExamples(Optional.empty(), 3)).containsExactly("c (truncated: of c)");
    }

    @Test
    void aLongDetailIsCutToOneLine() throws IOException {
        write("000000000000-a.parquet", "x".repeat(500) + "\nand more");
        assertThat(store.rejectExamples(Optional.empty(), 3)).singleElement().satisfies(example -> assertThat(example)
                .doesNotContain("and more)")
                .endsWith("x…)"));
    }

    @Test
    void countsOfTasksAddUp() {
        RejectCounts one = new RejectCounts();
        one.add("empty");
        one.add("truncated");
        RejectCounts other = new RejectCounts();
        assertThat(other.isZero()).isTrue();
        other.add("empty");
        one.merge(other);
        assertThat(one.value()).isEqualTo(Map.of("empty", 2L, "truncated", 1L));
        assertThat(one.copy().value()).isEqualTo(one.value());
        one.reset();
        assertThat(one.isZero()).isTrue();
        assertThat(other.value()).isEqualTo(Map.of("empty", 1L));
    }

    private void write(String name, String... ids) throws IOException {
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(
                folder.resolve("rejected").resolve(name).toUri());
        try (TableWriter writer = new TableWriter(Tables.REJECTS, file, conf)) {
            for (String id : ids) {
                writer.write(Tables.rejectRow(
                        new Sample(0L, id, "file:/" + id, null, 1L, null, null), "truncated", "of " + id));
            }
        }
    }
}
