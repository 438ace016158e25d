package io.rela.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.convert.ListingStep;
import io.rela.model.DeviceRequest;
import io.rela.model.ModelFile;
import io.rela.run.CommandRun;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.source.InputFormat;
import io.rela.source.Links;
import io.rela.source.Listing;
import io.rela.source.Missing;
import io.rela.source.ParquetColumns;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import io.rela.testing.LocalSpark;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

class ModelOutputsTest {
    private static final int PICTURES = 300;
    private static final int BATCH = 32;

    @TempDir
    Path folder;

    private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    private CommandRun run;
    private RangedFiles listing;
    private EmbedPlan plan;

    @BeforeEach
    void list() throws IOException {
        LocalSpark.session();
        run = CommandRun.start("probe", nowhere, nowhere);
        Ppm.write(folder.resolve("pictures"), PICTURES);
        ImageSource source = ImageSource.open(
                folder.resolve("pictures").toString(), InputFormat.FOLDER, ParquetColumns.defaults(), run.hadoop());
        try (Listing listed = source.list(run.session(), Links.INSIDE)) {
            listing = ListingStep.run(run.spark(), listed, new TableFolder(local(), created("listing")))
                    .files();
        }
        ModelFile prior = Ppm.prior();
        plan = new EmbedPlan(
                WavePlan.ofWave(PICTURES, BATCH, 256),
                new EmbedJob(
                        source,
                        Ppm.model(prior),
                        prior.preprocessing(),
                        DeviceRequest.CPU,
                        BATCH,
                        Missing.REJECT,
                        new SerializableConfiguration(run.hadoop())),
                null);
    }

    @AfterEach
    void end() {
        run.close();
    }

    private static FileSystem local() throws IOException {
        return FileSystem.getLocal(new Configuration()).getRaw();
    }

    private org.apache.hadoop.fs.Path created(String name) throws IOException {
        return new org.apache.hadoop.fs.Path(
                Files.createDirectory(folder.resolve(name)).toString());
    }

    private static EmbedRequest asked(int tasks, double maxRejects) {
        return new EmbedRequest(
                DeviceRequest.CPU, Optional.empty(), Optional.empty(), Optional.of(tasks), Missing.REJECT, maxRejects);
    }

    private ModelOutputs outputs(int tasks, double maxRejects, List<IndexRange> parts) {
        return ModelOutputs.of(
                run, asked(tasks, maxRejects), plan, new ModelOutputs.Samples(listing, PICTURES, false), parts);
    }

    /** What {@code convert} and {@code score} make of the same pictures. */
    private Map<Long, float[]> written() throws IOException {
        WaveStore<String> store = new WaveStore<>(local(), created("progress"), String.class);
        store.begin(new WaveStore.State<>("", new Fingerprint(PICTURES, 1, "x"), plan.waves()));
        List<TaskReport> reports = new Embedding(run, asked(1, 1), plan, listing, PICTURES, store).reports();
        Map<Long, float[]> written = new TreeMap<>();
        try (RangedFiles.Rows rows = store.features(reports).rows(Tables.FEATURES, IndexRange.ALL, run.hadoop())) {
            rows.forEachRemaining(row -> written.put((Long) row[0], (float[]) row[1]));
        }
        return written;
    }

    @Test
    void outputsAreThoseThatOtherCommandsWrite() throws IOException {
        Map<Long, float[]> written = written();
        for (int tasks : new int[] {1, 3}) {
            List<IndexRange> parts = new IndexRange(0, PICTURES).split(7);

            List<List<Tuple2<Long, float[]>>> found =
                    outputs(tasks, 0, parts).rows().glom().collect();

            assertThat(found).hasSize(7);
            List<Long> indices = new ArrayList<>();
            for (int part = 0; part < 7; part++) {
                for (Tuple2<Long, float[]> row : found.get(part)) {
                    indices.add(row._1());
                    assertThat(row._1())
                            .isBetween(parts.get(part).first(), parts.get(part).end() - 1);
                    assertThat(row._2()).containsExactly(written.get(row._1()));
                }
            }
            assertThat(indices).containsExactlyElementsOf(written.keySet());
        }
    }

    @Test
    void whatIsReadAgainIsNotMadeAgain() {
        ModelOutputs outputs = outputs(1, 0, List.of(new IndexRange(0, PICTURES)));
        for (int picture = 0; picture < PICTURES; picture++) {
            assertThat(folder.resolve(String.format("pictures/%04d.ppm", picture))
                            .toFile()
                            .delete())
                    .isTrue();
        }

        assertThat(outputs.rows().count()).isEqualTo(PICTURES);
    }

    @Test
    void picturesWithoutAnOutputAreCounted() throws IOException {
        Files.delete(folder.resolve("pictures/0007.ppm"));
        Files.writeString(folder.resolve("pictures/0290.ppm"), "no picture".repeat(308) + "short");
        List<IndexRange> parts = new IndexRange(0, PICTURES).split(2);

        ModelOutputs outputs = outputs(2, 0.01, parts);

        assertThat(outputs.rejectedByReason())
                .containsOnly(Map.entry("unreadable", 1L), Map.entry("unknown-format", 1L));
        assertThat(outputs.rows().count()).isEqualTo(PICTURES - 2);
        assertThatThrownBy(() -> outputs(2, 0.005, parts))
                .isInstanceOfSatisfying(RelaException.class, failure -> assertThat(failure.exitCode())
                        .isEqualTo(ExitCode.REJECTS))
                .hasMessageContaining("2 of 300 pictures are rejected: unknown-format 1, unreadable 1")
                .hasMessageContaining("0007.ppm (unreadable")
                .hasMessageContaining("0290.ppm (unknown-format");
    }

    @Test
    void samplesWithoutALabelMayBeLeftOut() {
        ModelOutputs outputs = ModelOutputs.of(
                run,
                asked(1, 0),
                plan,
                new ModelOutputs.Samples(listing, 0, true),
                List.of(new IndexRange(0, PICTURES)));

        assertThat(outputs.rows().isEmpty()).isTrue();
        assertThat(outputs.rejectedByReason()).isEmpty();
    }
}
