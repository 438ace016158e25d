package io.rela.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.source.Fingerprint;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import io.rela.testing.UploadingFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaveStoreTest {
    private static final IndexRange FIRST = new IndexRange(0, 256);
    private static final IndexRange SECOND = new IndexRange(256, 300);
    private static final WaveStore.State<String> STATE =
            new WaveStore.State<>("settings", new Fingerprint(300, 12_345, "abc"), new WavePlan(300, 256, 256));

    @TempDir
    Path home;

    private FileSystem fs;
    private WaveStore<String> store;

    @BeforeEach
    void open() throws IOException {
        fs = FileSystem.getLocal(new Configuration()).getRaw();
        store = at(home.resolve("progress"));
    }

    private WaveStore<String> at(Path folder) {
        return new WaveStore<>(fs, new org.apache.hadoop.fs.Path(folder.toString()), String.class);
    }

    private static TaskReport report(IndexRange range, String features, String rejects) {
        return new TaskReport(
                range, features, rejects, range.size() - 1, Map.of("corrupt", 1L), Map.of("infer", 0.5), "cpu");
    }

    @Test
    void whatWasWrittenIsReadByTheNextCommand() {
        assertThat(store.state()).isEmpty();
        store.begin(STATE);
        List<TaskReport> reports = List.of(report(FIRST, "a.parquet", "b.parquet"));
        store.finish(FIRST, reports);

        WaveStore<String> next = at(home.resolve("progress"));
        assertThat(next.state()).contains(STATE);
        assertThat(next.wave(FIRST)).contains(reports);
        assertThat(next.wave(SECOND)).isEmpty();
        assertThat(next.keptListing()).isEmpty();
    }

    @Test
    void uploadedFeaturesAreReadableWhenTheyAreWantedAndWavesWhoseUploadsAreGoneAreForgotten() throws IOException {
        Configuration conf = UploadingFileSystem.configuration(UploadingFileSystem.class);
        for (boolean ended : new boolean[] {false, true}) {
            Path own = Files.createDirectory(home.resolve("home" + ended));
            WaveStore<String> uploading = new WaveStore<>(
                    new TableFolder(
                            FileSystem.newInstance(own.toUri(), conf),
                            path(own.resolve("progress/features")),
                            Optional.of(path(own.resolve("features")))),
                    String.class);
            uploading.begin(STATE);
            try (TableWriter writer = uploading.places().features().writer(Tables.FEATURES, "a.parquet", conf)) {
                writer.write(Tables.featureRow(7, new float[] {1, 2}));
            }
            List<TaskReport> reports = List.of(report(FIRST, "a.parquet", null));
            uploading.finish(FIRST, reports);
            assertThat(own.resolve("features/a.parquet")).doesNotExist();
            if (!ended) {
                RangedFiles.File file = uploading.features(reports).files().get(0);
                assertThat(Path.of(new org.apache.hadoop.fs.Path(file.path())
                                .toUri()
                                .getPath()))
                        .isEqualTo(own.resolve("features/a.parquet"))
                        .exists();
                uploading.forget();
                assertThat(own.resolve("features/a.parquet")).doesNotExist();
                continue;
            }
            // Hadoop keeps the parts in a folder beside the table's.
            try (Stream<Path> parts = Files.list(own)) {
                parts.filter(part -> part.getFileName().toString().startsWith("featuresa"))
                        .forEach(part -> FileUtil.fullyDelete(part.toFile()));
            }
            assertThatThrownBy(() -> uploading.features(reports))
                    .isInstanceOfSatisfying(RelaException.class, gone -> assertThat(gone.exitCode())
                            .isEqualTo(ExitCode.INPUT))
                    .hasMessageContainingAll("features/a.parquet is gone", "Run the command again");
            assertThat(uploading.state()).isEmpty();
        }
    }

    private static org.apache.hadoop.fs.Path path(Path local) {
        return new org.apache.hadoop.fs.Path(local.toUri());
    }

    @Test
    void beginningForgetsWhatWasThere() throws IOException {
        store.begin(STATE);
        store.finish(FIRST, List.of(report(FIRST, "a.parquet", null)));
        Files.writeString(home.resolve("progress/features/a.parquet"), "features");

        store.begin(STATE);
        assertThat(store.wave(FIRST)).isEmpty();
        assertThat(names("progress/features")).isEmpty();
    }

    @Test
    void aWaveThatIsFinishedAgainReplacesTheOneBefore() {
        store.begin(STATE);
        store.finish(FIRST, List.of(report(FIRST, "a.parquet", "b.parquet")));
        List<TaskReport> again = List.of(report(FIRST, "c.parquet", null));
        store.finish(FIRST, again);
        assertThat(store.wave(FIRST)).contains(again);
    }

    @Test
    void onlyFilesThatAReportNamesStay() throws IOException {
        store.begin(STATE);
        for (String name : List.of("a.parquet", "orphan.parquet", "c.parquet")) {
            Files.writeString(home.resolve("progress/features").resolve(name), name);
            Files.writeString(home.resolve("progress/rejected").resolve(name), name);
        }
        store.deleteOrphans(List.of(report(FIRST, "a.parquet", null), report(SECOND, "c.parquet", "c.parquet")));
        assertThat(names("progress/features")).containsExactly("a.parquet", "c.parquet");
        assertThat(names("progress/rejected")).containsExactly("c.parquet");
    }

    @Test
    void featuresAreTheNamedFilesInOrder() {
        RangedFiles features = store.features(List.of(
                report(SECOND, "c.parquet", null),
                report(FIRST, "a.parquet", null),
                report(new IndexRange(300, 301), null, "r.parquet")));
        assertThat(features.files())
                .extracting(file -> new org.apache.hadoop.fs.Path(file.path()).getName() + " " + file.rows())
                .containsExactly("a.parquet 255", "c.parquet 43");
    }

    @Test
    void theListingStaysAndMovesWithTheHome() throws IOException {
        store.begin(STATE);
        Path from = Files.createDirectory(home.resolve("listing"));
        Files.writeString(from.resolve("part-1.parquet"), "rows");
        Listed listed = new Listed(
                RangedFiles.of(List.of(
                        new RangedFiles.File(from.resolve("part-1.parquet").toString(), new IndexRange(0, 300), 300))),
                12_345,
                List.of("a", "b"));

        Listed kept = store.keepListing(listed, new org.apache.hadoop.fs.Path(from.toString()));
        assertThat(from).doesNotExist();
        assertThat(Path.of(kept.files().files().get(0).path())).hasContent("rows");
        assertThat(kept.files().rows()).isEqualTo(300);
        assertThat(store.keptListing()).contains(kept);

        Path moved = home.resolve("moved");
        Files.move(home.resolve("progress"), moved);
        Listed there = at(moved).keptListing().orElseThrow();
        assertThat(Path.of(there.files().files().get(0).path())).hasContent("rows");
        assertThat(there.bytes()).isEqualTo(12_345);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "{}", "[]", "{\"identity\": {}, \"source\": null}"})
    void aBrokenStateFileIsNamedAndNothingIsDeleted(String content) throws IOException {
        store.begin(STATE);
        Files.writeString(home.resolve("progress/features/a.parquet"), "features");
        Files.writeString(home.resolve("progress/state.json"), content);
        assertThatThrownBy(store::state)
                .isInstanceOfSatisfying(
                        RelaException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.HOME))
                .hasMessageContaining("progress/state.json is damaged")
                .hasMessageContaining("Restore it");
        assertThat(names("progress/features")).containsExactly("a.parquet");
    }

    @Test
    void aBrokenWaveFileIsNamed() throws IOException {
        store.begin(STATE);
        store.finish(FIRST, List.of(report(FIRST, "a.parquet", null)));
        Files.writeString(home.resolve("progress/waves/000000000000.json"), "[{");
        assertThatThrownBy(() -> store.wave(FIRST))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("000000000000.json is damaged");
    }

    private List<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
