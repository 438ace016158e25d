package io.rela.transport;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransportTest {
    @TempDir
    static Path shared;

    private static Path home;
    private static Path other;

    @TempDir
    Path folder;

    /** The other home lacks a class of pictures, so that its indices are other ones. */
    @BeforeAll
    static void convertTwice() throws IOException {
        Path pictures = shared.resolve("pictures");
        DemoPictures.write(pictures);
        home = shared.resolve("home");
        done(Rela.convert(pictures, home));
        Files.move(pictures.resolve("cross"), shared.resolve("cross"));
        other = shared.resolve("other");
        done(Rela.run(
                "convert",
                "--input",
                pictures,
                "--home",
                other,
                "--prior",
                "builtin:learner-early",
                "--dimensions",
                8));
    }

    @Test
    void aHomeIsALinearMapOfItself() throws IOException {
        for (String table : new String[] {"features", "targets"}) {
            JsonNode record = record("--other-home", home, "--table", table, "--ridge", "1e-6");
            assertThat(record.get("matched_by").textValue()).isEqualTo("id");
            assertThat(record.get("samples").get("common").longValue()).isEqualTo(636);
            for (String direction : new String[] {"home_to_other", "other_to_home"}) {
                JsonNode found = record.get(direction);
                assertThat(found.get("r2").doubleValue()).isCloseTo(1, within(1e-4));
                assertThat(found.get("mean_cosine").doubleValue()).isCloseTo(1, within(1e-4));
                assertThat(found.get("training_samples").longValue()
                                + found.get("held_out_samples").longValue())
                        .isEqualTo(636);
            }
        }
    }

    @Test
    void samplesAreMatchedById() throws IOException {
        JsonNode record = record("--other-home", other);

        assertThat(record.get("samples").get("common").longValue()).isEqualTo(556);
        assertThat(record.get("samples").get("only_in_home").longValue()).isEqualTo(80);
        assertThat(record.get("samples").get("only_in_other").longValue()).isZero();
        JsonNode there = record.get("home_to_other");
        assertThat(there.get("input_dimension").intValue()).isEqualTo(24);
        assertThat(there.get("r2").doubleValue()).isBetween(0.2, 0.999);
        // Pictures matched wrongly have nothing to do with each other.
        JsonNode byWrongIndex = record("--other-features", other.resolve("features"));
        assertThat(byWrongIndex.get("matched_by").textValue()).isEqualTo("index");
        assertThat(byWrongIndex.get("home_to_other").get("r2").doubleValue())
                .isLessThan(there.get("r2").doubleValue() - 0.1);
    }

    @Test
    @Tag("slow")
    void aTableOfFeaturesWithIdsGivesTheSameFigures() throws IOException {
        Dataset<Row> targets = parquet(other.resolve("targets")).select("index", "id");
        Path table = folder.resolve("features");
        parquet(other.resolve("features"))
                .join(targets, "index")
                .select(functions.col("id"), functions.col("feature").cast("array<double>"))
                .repartition(5)
                .write()
                .parquet(table.toString());

        JsonNode ofTable = record("--other-features", table, "--seed", 5);

        assertThat(ofTable).isEqualTo(record("--other-home", other, "--seed", 5));
        assertThat(ofTable).isNotEqualTo(record("--other-features", table, "--seed", 6));
    }

    @Test
    @Tag("slow")
    void otherPicturesByTheSameNamesAreWarnedOf() throws IOException {
        Path copy = folder.resolve("copy");
        Files.createDirectory(copy);
        Files.copy(other.resolve("manifest.json"), copy.resolve("manifest.json"));
        parquet(other.resolve("features"))
                .write()
                .parquet(copy.resolve("features").toString());
        parquet(other.resolve("targets"))
                .withColumn("length", functions.expr("if(index < 4, length + 1, length)"))
                .write()
                .parquet(copy.resolve("targets").toString());

        Rela.Outcome outcome = transport("--other-home", copy);

        done(outcome);
        assertThat(outcome.text()).contains("4 of them differ in length");
    }

    @Test
    void figuresAreShownAndTheHomeStaysAsItIs() throws IOException {
        byte[] manifest = Files.readAllBytes(home.resolve("manifest.json"));

        Rela.Outcome outcome = Rela.run("transport", "--home", home, "--other-home", other);

        done(outcome);
        assertThat(outcome.text())
                .contains("556 in both, matched by id; 80 only in home, 0 only in other-home")
                .contains("explained variance")
                .doesNotContain("warning")
                .contains("A linear map from --home explains");
        assertThat(home.resolve("manifest.json")).hasBinaryContent(manifest);
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    @Test
    void everyBadOptionIsNamedAtOnce() {
        refused(
                Rela.run(
                        "transport",
                        "--home",
                        folder.resolve("gone"),
                        "--held-out",
                        1,
                        "--ridge",
                        -1,
                        "--table",
                        "pixels"),
                ExitCode.SETTINGS,
                "--home " + folder.resolve("gone"),
                "--held-out 1.0",
                "--ridge -1.0",
                "pixels",
                "--other-home or --other-features");
        refused(
                transport("--other-home", other, "--other-features", other.resolve("features")),
                ExitCode.SETTINGS,
                "leave one of them out");
    }

    @Test
    void whatIsNoHomeIsRefused() {
        refused(transport("--other-home", folder.resolve("gone")), ExitCode.INPUT, "--other-home", "gone");
        refused(transport("--other-home", folder), ExitCode.HOME, "--other-home", "is no dataset home");
        refused(Rela.run("transport", "--home", folder, "--other-home", other), ExitCode.HOME, "--home");
    }

    @Test
    @Tag("slow")
    void unusableFeaturesAreRefused() throws IOException {
        Dataset<Row> table = parquet(home.resolve("features"));
        refused(table.drop("feature"), "feature array<float>");
        refused(table.drop("index"), "id string or index bigint");
        refused(table.union(table.limit(1)), "holds index values twice: 637 rows");
        refused(table.withColumn("index", functions.expr("if(index = 3, null, index)")), "1 rows without index");
        refused(table.withColumn("feature", functions.expr("if(index = 3, null, feature)")), "1 rows without feature");
        refused(
                table.withColumn("feature", functions.expr("if(index = 3, slice(feature, 1, 2), feature)")),
                "rows of 2 to 24 values");
        refused(
                table.withColumn("feature", functions.expr("transform(feature, x -> cast(null as double))")),
                "hold null, NaN or infinity");
        refused(table.limit(0), "has no row");
        refused(table.limit(9), "9 samples in common, matched by index");
        refused(
                transport("--other-features", Files.writeString(folder.resolve("text"), "no Parquet at all")),
                ExitCode.INPUT,
                "cannot be read");
    }

    @Test
    void tooFewSamplesToTrainOnAreSaid() {
        String path = folder.resolve("few").toString();
        parquet(home.resolve("features")).limit(10).write().parquet(path);
        refused(transport("--other-features", path, "--held-out", "0.9999"), ExitCode.INPUT, "--held-out 0.9999");
    }

    @Test
    @Tag("slow")
    void aDamagedHomeIsRefused() throws IOException {
        Path copy = folder.resolve("copy");
        Files.createDirectory(copy);
        Files.copy(home.resolve("manifest.json"), copy.resolve("manifest.json"));
        refused(transport("--other-home", copy), ExitCode.HOME, "cannot be read");
        parquet(home.resolve("targets")).write().parquet(copy.resolve("targets").toString());
        Dataset<Row> features = parquet(home.resolve("features"));
        features.union(features.limit(1))
                .write()
                .parquet(copy.resolve("features").toString());
        refused(transport("--other-home", copy), ExitCode.HOME, "holds id values twice", "restore it");
    }

    private void refused(Dataset<Row> table, String message) {
        Path path = folder.resolve("table-" + message.hashCode());
        table.write().parquet(path.toString());
        refused(transport("--other-features", path), ExitCode.INPUT, message);
    }

    private static void refused(Rela.Outcome outcome, ExitCode code, String... parts) {
        assertThat(outcome.text()).contains(parts).doesNotContain("unexpected failure");
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(code);
    }

    private static Dataset<Row> parquet(Path path) {
        return LocalSpark.session().read().parquet(path.toString());
    }

    private static Rela.Outcome transport(Object... more) {
        List<Object> args = new ArrayList<>(List.of("transport", "--home", home));
        args.addAll(List.of(more));
        return Rela.run(args.toArray());
    }

    private JsonNode record(Object... more) throws IOException {
        Path file = folder.resolve("result.json");
        List<Object> args = new ArrayList<>(List.of(more));
        args.addAll(List.of("--result-file", file));
        done(transport(args.toArray()));
        return new ObjectMapper().readTree(file.toFile()).get("record");
    }
}
