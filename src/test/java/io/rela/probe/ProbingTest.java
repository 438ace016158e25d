package io.rela.probe;

import static io.rela.testing.Rela.done;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.Folders;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbingTest {
    private static final String LEARNER = "builtin:learner-early";

    @TempDir
    static Path shared;

    private static Path home;
    private static Path testHome;

    @TempDir
    Path folder;

    /** Three quarters of the demo's pictures to train on, the others, png, to test on. */
    @BeforeAll
    static void convertTwice() throws IOException {
        Path pictures = shared.resolve("train");
        DemoPictures.write(pictures);
        try (Stream<Path> files = Files.walk(pictures)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".png")).toList()) {
                Path moved = shared.resolve("test").resolve(pictures.relativize(file));
                Files.createDirectories(moved.getParent());
                Files.move(file, moved);
            }
        }
        home = shared.resolve("home");
        testHome = shared.resolve("test-home");
        done(Rela.convert(pictures, home));
        done(Rela.convert(shared.resolve("test"), testHome));
    }

    @Test
    void figuresAreShownAndHomesStayAsTheyAre() throws IOException {
        byte[] manifest = Files.readAllBytes(home.resolve("manifest.json"));
        Path file = folder.resolve("result.json");

        Rela.Outcome outcome = probe("--result-file", file);

        done(outcome);
        JsonNode result = new ObjectMapper().readTree(file.toFile());
        assertThat(result.get("outcome").textValue()).isEqualTo("done");
        assertThat(result.get("home").textValue()).endsWith(home.toString());
        JsonNode record = result.get("record");
        assertThat(record.get("representation").textValue()).isEqualTo("features");
        assertThat(record.get("model").get("output_dimension").intValue()).isEqualTo(24);
        assertThat(record.get("training").get("samples").longValue()).isEqualTo(477);
        assertThat(record.get("test").get("samples").longValue()).isEqualTo(159);
        assertThat(record.get("fit").get("converged").booleanValue()).isTrue();
        assertThat(record.get("classes"))
                .extracting(each -> each.get("name").textValue())
                .containsExactly("cross", "disc", "ring", "square", "star", "stripes", "triangle", "waves");
        long correct = 0;
        for (JsonNode each : record.get("classes")) {
            correct += each.get("correct").longValue();
        }
        JsonNode accuracy = record.get("accuracy");
        assertThat(accuracy.get("top1").doubleValue())
                .isEqualTo(correct / 159.0)
                .isGreaterThan(0.3);
        assertThat(accuracy.get("top5").doubleValue())
                .isGreaterThan(accuracy.get("top1").doubleValue());
        assertThat(accuracy.get("training_top1").doubleValue())
                .isGreaterThan(accuracy.get("top1").doubleValue());
        assertThat(outcome.text())
                .contains("24 features of", "standardised", "477 samples in 8 classes", "triangle", "converged")
                .doesNotContain("unlabeled", "rejected");
        assertThat(home.resolve("manifest.json")).hasBinaryContent(manifest);
        assertThat(home.resolve(".rela")).doesNotExist();
        assertThat(testHome.resolve(".rela")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void aLearnersOutputsAreWhatHomesOfThemHold() throws IOException {
        Path of = folder.resolve("home");
        Path ofTest = folder.resolve("test-home");
        convert(shared.resolve("train"), of, "--prior", LEARNER);
        convert(shared.resolve("test"), ofTest, "--prior", LEARNER);

        JsonNode stored = record(of, ofTest);
        JsonNode asked = record(home, testHome, "--learner", LEARNER);
        JsonNode divided = record(home, testHome, "--learner", LEARNER, "--partitions", 5);

        assertThat(asked.get("representation").textValue()).isEqualTo("outputs");
        for (String part : new String[] {"model", "fit", "accuracy", "classes"}) {
            assertThat(asked.get(part)).isEqualTo(stored.get(part));
        }
        assertThat(divided).isEqualTo(asked);
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void picturesMayLieInTheHomeOrMustLieWhereTheyWere() throws IOException {
        Path pictures = folder.resolve("pictures");
        Folders.copy(shared.resolve("test"), pictures);
        Path kept = folder.resolve("kept");
        Path read = folder.resolve("read");
        done(Rela.convert(pictures, kept, "--keep-images"));
        done(Rela.convert(pictures, read));
        Files.move(pictures, folder.resolve("moved"));

        assertThat(record(home, kept, "--learner", LEARNER).get("classes"))
                .isEqualTo(record(home, testHome, "--learner", LEARNER).get("classes"));
        refused(probe(home, read, "--learner", LEARNER), ExitCode.INPUT, "cannot be read at", pictures.toString());
        done(probe(home, read));
    }

    @Test
    @Tag("slow")
    void picturesThatAreGoneFailOrAreCounted() throws IOException {
        Path pictures = folder.resolve("pictures");
        Folders.copy(shared.resolve("test"), pictures);
        Path of = folder.resolve("home");
        done(Rela.convert(pictures, of));
        Files.delete(pictures.resolve("star/007.png"));

        refused(probe(home, of, "--learner", LEARNER), ExitCode.INPUT, "star/007.png");
        refused(
                probe(home, of, "--learner", LEARNER, "--missing", "reject", "--max-rejects", 0),
                ExitCode.REJECTS,
                "1 of 159 pictures are rejected: unreadable 1",
                "star/007.png");
        JsonNode found = record(home, of, "--learner", LEARNER, "--missing", "reject");
        assertThat(found.get("test").get("samples").longValue()).isEqualTo(158);
        assertThat(found.get("test").get("rejected_by_reason").get("unreadable").longValue())
                .isEqualTo(1);
    }

    @Test
    void aLearnerThatGivesNoVectorsIsRefused() {
        refused(
                probe("--learner", Rela.prior("feature-map"), "--input-size", 16),
                ExitCode.SETTINGS,
                "--learner",
                "feature-map.pt");
        refused(
                probe("--learner", Rela.prior("not-finite"), "--input-size", 16),
                ExitCode.REJECTS,
                "not-finite",
                "--max-rejects");
    }

    /** NaN for dark pictures: here for the black ones that are all the test home has. */
    @Test
    @Tag("slow")
    void aLearnerThatGivesNothingAtAllIsRefusedWhateverIsAllowed() throws IOException {
        Path pictures = folder.resolve("pictures");
        for (String name : new String[] {"cross", "disc", "ring", "square", "star", "stripes", "triangle", "waves"}) {
            Files.createDirectories(pictures.resolve(name));
            Files.write(pictures.resolve(name + "/black.ppm"), black());
        }
        Path dark = folder.resolve("dark");
        done(Rela.convert(pictures, dark));

        refused(
                probe(home, dark, "--learner", Rela.prior("not-finite"), "--input-size", 16, "--max-rejects", 1),
                ExitCode.REJECTS,
                "No sample of --test-home",
                "not-finite 8");
    }

    private static byte[] black() {
        byte[] head = "P6 16 16 255\n".getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(head, head.length + 3 * 16 * 16);
    }

    /** Names are the truth: the same class has another number in another set of pictures. */
    @Test
    void classesAreMatchedByName() throws IOException {
        Path renumbered = targets(testHome, "renumbered", table -> table.withColumn("label", expr("int(7 - label)")));

        assertThat(record(home, renumbered).get("classes"))
                .isEqualTo(record(home, testHome).get("classes"));
    }

    @Test
    @Tag("slow")
    void samplesWithoutALabelAreLeftOut() throws IOException {
        UnaryOperator<Dataset<Row>> some = table -> table.withColumn("label", expr("if(index % 3 = 0, null, label)"))
                .withColumn("label_name", expr("if(index % 3 = 0, null, label_name)"));
        Path of = targets(home, "some", some);
        long unlabeled = parquet(home.resolve("targets")).where("index % 3 = 0").count();

        JsonNode stored = record(of, testHome);
        JsonNode asked = record(of, testHome, "--learner", LEARNER);

        for (JsonNode found : List.of(stored, asked)) {
            assertThat(found.get("training").get("unlabeled").longValue()).isEqualTo(unlabeled);
            assertThat(found.get("training").get("samples").longValue()).isEqualTo(477 - unlabeled);
            assertThat(found.get("test").get("unlabeled").longValue()).isZero();
        }
    }

    @Test
    @Tag("slow")
    void targetsAreThoseOfTheTrainingHome() throws IOException {
        Path random = folder.resolve("random");
        done(Rela.convert(shared.resolve("test"), random, "--projection", "random"));

        JsonNode found = record(home, testHome, "--table", "targets");

        assertThat(found.get("fit").get("dimension").intValue()).isEqualTo(8);
        assertThat(record(home, random, "--table", "targets").get("classes")).isEqualTo(found.get("classes"));
    }

    @Test
    void whatMakesAFitDoubtfulIsSaid() {
        assertThat(probe("--iterations", 2, "--regularization", 0).text())
                .contains("has not converged in 2 iterations: raise --iterations, or give --regularization");
        assertThat(probe(home, home).text()).contains("--test-home is --home");
    }

    @Test
    void everyBadOptionIsNamedAtOnce() {
        refused(
                Rela.run(
                        "probe",
                        "--home",
                        folder.resolve("gone"),
                        "--regularization",
                        -1,
                        "--iterations",
                        0,
                        "--learner",
                        "builtin:nobody",
                        "--table",
                        "targets"),
                ExitCode.SETTINGS,
                "--home " + folder.resolve("gone"),
                "--test-home",
                "--regularization -1.0",
                "--iterations 0",
                "builtin:nobody",
                "--table has no meaning with --learner");
        refused(probe("--learner-sha256", "ab".repeat(32)), ExitCode.SETTINGS, "without --learner");
        refused(
                probe("--learner", LEARNER, "--learner-sha256", "ab".repeat(32)),
                ExitCode.SETTINGS,
                "the model's SHA-256 is");
        refused(probe("--standardize", "perhaps"), ExitCode.SETTINGS, "--standardize");
        refused(probe(home, folder.resolve("gone")), ExitCode.INPUT, "--test-home", "gone");
    }

    @Test
    void homesThatDoNotGoTogetherAreRefused() throws IOException {
        refused(
                probe(targets(home, "six", table -> withoutClasses(table, "waves", "ring")), testHome),
                ExitCode.SETTINGS,
                "six has no samples of ring, waves.");
        refused(
                probe(home, targets(testHome, "none", table -> withoutClasses(table, "waves"))),
                ExitCode.SETTINGS,
                "--test-home",
                "none has no samples of waves");
        UnaryOperator<Dataset<Row>> numbers = table -> table.withColumn("label_name", expr("string(null)"));
        refused(
                probe(home, targets(testHome, "numbers", numbers)),
                ExitCode.SETTINGS,
                "no samples of 0, 1, 2, 3, 4 and 3 more",
                "no samples of cross, disc, ring, square, star and 3 more");
        UnaryOperator<Dataset<Row>> one =
                table -> table.withColumn("label", expr("0")).withColumn("label_name", expr("'thing'"));
        refused(
                probe(targets(home, "one", one), targets(testHome, "one-test", one)),
                ExitCode.SETTINGS,
                "samples of one class, thing");
        UnaryOperator<Dataset<Row>> unlabeled =
                table -> table.withColumn("label", expr("int(null)")).withColumn("label_name", expr("string(null)"));
        refused(probe(targets(home, "unlabeled", unlabeled), testHome), ExitCode.SETTINGS, "has no labels");
    }

    private static Dataset<Row> withoutClasses(Dataset<Row> table, String... names) {
        return table.withColumn("label", expr("if(label_name in ('" + String.join("','", names) + "'), null, label)"));
    }

    @Test
    @Tag("slow")
    void featuresOfOtherPriorsAreRefusedUnlessALearnerLooksAtBoth() {
        Path other = folder.resolve("other");
        convert(shared.resolve("test"), other, "--prior", LEARNER);
        refused(probe(home, other), ExitCode.SETTINGS, "same prior", "features16.pt begins with", "--learner");
        Path smoother = folder.resolve("smoother");
        done(Rela.convert(shared.resolve("test"), smoother, "--interpolation", "bicubic"));
        refused(probe(home, smoother), ExitCode.SETTINGS, "same prior", "interpolation");
        done(probe(home, other, "--learner", Rela.prior("learner8"), "--input-size", 16));
    }

    @Test
    void damagedAndUnfinishedHomesAreRefused() throws IOException {
        refused(probe(home, folder), ExitCode.HOME, "--test-home", "is no dataset home");
        Path cut = copy(home, "cut");
        Files.createDirectories(cut.resolve(".rela"));
        Files.writeString(cut.resolve(".rela/commit.json"), "{}");
        refused(probe(cut, testHome), ExitCode.HOME, "--home", "a commit was cut off");
        refused(probe(features("shorter", "slice(feature, 1, 2)"), testHome), ExitCode.HOME, "2 values instead of 24");
        refused(
                probe(features("infinite", "transform(feature, x -> float('inf'))"), testHome),
                ExitCode.HOME,
                "damaged: the features of sample 100 hold Infinity");
        Path fewer = targets(home, "fewer", table -> table.where("index <> 100"));
        refused(probe(fewer, testHome), ExitCode.HOME, "targets has 476 rows, the manifest says 477");
        Path gone = copy(home, "gone");
        Folders.copy(home.resolve("targets"), gone.resolve("targets"));
        refused(probe(gone, testHome), ExitCode.HOME, "features", "cannot be read");
        Path axes = copy(home, "axes");
        Folders.copy(home.resolve("targets"), axes.resolve("targets"));
        refused(probe(axes, testHome, "--table", "targets"), ExitCode.HOME, "is damaged", "projection");
    }

    /** The home with another feature of sample 100. */
    private Path features(String name, String feature) throws IOException {
        Path copy = copy(home, name);
        Folders.copy(home.resolve("targets"), copy.resolve("targets"));
        write(
                parquet(home.resolve("features"))
                        .withColumn("feature", expr("if(index = 100, " + feature + ", feature)")),
                copy.resolve("features"));
        return copy;
    }

    /** A copy of a home with other targets. */
    private Path targets(Path of, String name, UnaryOperator<Dataset<Row>> change) throws IOException {
        Path copy = copy(of, name);
        Folders.copy(of.resolve("features"), copy.resolve("features"));
        write(change.apply(parquet(of.resolve("targets"))), copy.resolve("targets"));
        return copy;
    }

    private Path copy(Path of, String name) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        Files.copy(of.resolve("manifest.json"), copy.resolve("manifest.json"));
        return copy;
    }

    private static void write(Dataset<Row> table, Path path) {
        table.coalesce(1).sortWithinPartitions(col("index")).write().parquet(path.toString());
    }

    private static Dataset<Row> parquet(Path path) {
        return LocalSpark.session().read().parquet(path.toString());
    }

    private static void convert(Path pictures, Path into, Object... more) {
        List<Object> args = new ArrayList<>(List.of("convert", "--input", pictures, "--home", into, "--dimensions", 8));
        args.addAll(List.of(more));
        done(Rela.run(args.toArray()));
    }

    private static Rela.Outcome probe(Object... more) {
        return probe(home, testHome, more);
    }

    private static Rela.Outcome probe(Path training, Path test, Object... more) {
        List<Object> args = new ArrayList<>(List.of("probe", "--home", training, "--test-home", test, "--verbose"));
        args.addAll(List.of(more));
        return Rela.run(args.toArray());
    }

    private JsonNode record(Path training, Path test, Object... more) throws IOException {
        Path file = folder.resolve("record.json");
        List<Object> args = new ArrayList<>(List.of(more));
        // Where figures are compared, no fit need be a good one.
        args.addAll(List.of("--result-file", file, "--iterations", 20));
        done(probe(training, test, args.toArray()));
        return new ObjectMapper().readTree(file.toFile()).get("record");
    }

    private static void refused(Rela.Outcome outcome, ExitCode code, String... parts) {
        assertThat(outcome.text()).contains(parts).doesNotContain("unexpected failure");
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(code);
    }
}
