package io.rela.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.convert.ListingStep;
import io.rela.model.DeviceRequest;
import io.rela.model.ModelFile;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.source.InputFormat;
import io.rela.source.Links;
import io.rela.source.Listing;
import io.rela.source.Missing;
import io.rela.source.ParquetColumns;
import io.rela.storage.StorageException;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.testing.FaultyFileSystem;
import io.rela.testing.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavesTest {
    private static final int PICTURES = 600;
    private static final int BATCH = 32;
    private static final WavePlan PLAN = WavePlan.ofWave(PICTURES, BATCH, 256);

    @TempDir
    static Path shared;

    private static RangedFiles listing;
    private static ImageSource source;

    @TempDir
    Path folder;

    private final JavaSparkContext spark =
            JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
    private final Tally tally = Tally.of(spark.sc());
    private WaveStore<String> store;

    @BeforeAll
    static void list() throws IOException {
        Ppm.write(shared.resolve("pictures"), PICTURES);
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
        source = ImageSource.open(
                "faulty:" + shared.resolve("pictures"),
                InputFormat.FOLDER,
                ParquetColumns.defaults(),
                spark.hadoopConfiguration());
        try (Listing listed = source.list(LocalSpark.session(), Links.INSIDE)) {
            Path table = Files.createDirectory(shared.resolve("listing"));
            listing = ListingStep.run(
                            spark, listed, new TableFolder(local(), new org.apache.hadoop.fs.Path(table.toString())))
                    .files();
        }
    }

    @BeforeEach
    void begin() throws IOException {
        store = new WaveStore<>(local(), new org.apache.hadoop.fs.Path(folder.toString(), "progress"), String.class);
        store.begin(new WaveStore.State<>("", new Fingerprint(PICTURES, 1, "x"), PLAN));
    }

    @AfterEach
    void heal() {
        FaultyFileSystem.heal();
    }

    private static FileSystem local() throws IOException {
        return FileSystem.getLocal(new Configuration()).getRaw();
    }

    private EmbedStep step(Missing missing) {
        ModelFile prior = Ppm.prior();
        EmbedJob job = new EmbedJob(
                source,
                Ppm.model(prior),
                prior.preprocessing(),
                DeviceRequest.CPU,
                BATCH,
                missing,
                new SerializableConfiguration(spark.hadoopConfiguration()));
        return new EmbedStep(spark, listing, job, store.places(), tally);
    }

    private List<TaskReport> run(Missing missing) {
        return new Waves(spark, store, PLAN).run(step(missing), 2, () -> {});
    }

    private static Predicate<org.apache.hadoop.fs.Path> picture(int number) {
        return file -> file.getName().equals(String.format("%04d.ppm", number));
    }

    @Test
    void whatIsFinishedIsNotDoneAgain() {
        List<TaskReport> reports = run(Missing.FAIL);
        assertThat(reports).extracting(report -> report.range().size()).containsExactly(256L, 256L, 88L);
        assertThat(reports).extracting(TaskReport::converted).containsExactly(256L, 256L, 88L);
        assertThat(tally.done().value()).isEqualTo(PICTURES);

        Waves again = new Waves(spark, store, PLAN);
        assertThat(again.before()).isEqualTo(reports);
        assertThat(again.run(step(Missing.FAIL), 2, () -> {})).isEqualTo(reports);
        assertThat(tally.done().value()).isEqualTo(PICTURES);
    }

    @Test
    void aStorageFailureEndsTheRunAndLeavesFinishedWavesAsTheyAre() throws IOException {
        FaultyFileSystem.fail(FaultyFileSystem.everyOpen(picture(580)));
        assertThatThrownBy(() -> run(Missing.FAIL)).satisfies(failure -> assertThat(StorageException.in(failure))
                .hasValueSatisfying(storage -> assertThat(storage)
                        .hasMessageContaining("0580.ppm cannot be read, tried 12 times")
                        .hasMessageContaining("reduce your request rate")));

        FaultyFileSystem.heal();
        Waves resumed = new Waves(spark, store, PLAN);
        List<TaskReport> finished = resumed.before();
        assertThat(finished)
                .as("the third wave starts when one of the first two has ended")
                .isNotEmpty();
        assertThat(finished)
                .extracting(TaskReport::range)
                .isSubsetOf(PLAN.waves().subList(0, 2));
        tally.done().reset();
        List<TaskReport> reports = resumed.run(step(Missing.FAIL), 2, () -> {});
        long before = finished.stream().mapToLong(TaskReport::converted).sum();
        assertThat(tally.done().value()).isEqualTo(PICTURES - before);
        assertThat(reports).containsAll(finished).extracting(TaskReport::range).containsExactlyElementsOf(PLAN.waves());
        store.deleteOrphans(reports);
        assertThat(files()).hasSize(3);
    }

    @Test
    void wavesWithPicturesThatWereGoneAreDoneAgain() throws IOException {
        FaultyFileSystem.fail(FaultyFileSystem.gone(picture(300)));
        List<TaskReport> reports = run(Missing.REJECT);
        assertThat(reports.get(1).rejectedByReason()).containsExactly(Map.entry("unreadable", 1L));
        assertThat(reports.get(1).converted()).isEqualTo(255);

        FaultyFileSystem.heal();
        Waves again = new Waves(spark, store, PLAN);
        assertThat(again.before()).containsExactly(reports.get(0), reports.get(2));
        tally.done().reset();
        List<TaskReport> healed = again.run(step(Missing.REJECT), 2, () -> {});
        assertThat(tally.done().value()).isEqualTo(256);
        assertThat(healed).allMatch(report -> report.rejectedByReason().isEmpty());
        store.deleteOrphans(healed);
        assertThat(files()).hasSize(3);
        assertThat(folder.resolve("progress/rejected")).isDirectoryNotContaining("glob:**.parquet");
    }

    @Test
    void aPictureThatIsGoneFailsUnlessItMayBeAReject() {
        FaultyFileSystem.fail(FaultyFileSystem.gone(picture(0)));
        assertThatThrownBy(() -> run(Missing.FAIL))
                .satisfies(failure -> assertThat(StorageException.in(failure).map(StorageException::kind))
                        .isEqualTo(Optional.of(StorageException.Kind.GONE)));
        assertThat(store.wave(PLAN.waves().get(0))).isEmpty();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("progress/features"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".parquet"))
                    .sorted()
                    .toList();
        }
    }
}
