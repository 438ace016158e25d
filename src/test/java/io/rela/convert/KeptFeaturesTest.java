package io.rela.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.home.DatasetHome;
import io.rela.manifest.ConversionRecord;
import io.rela.table.Tables;
import io.rela.testing.FaultyFileSystem;
import io.rela.testing.Folders;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An overwrite that changes nothing but how targets are made of features. */
class KeptFeaturesTest {
    private static final String KEPT = "Features are kept";
    private static final String READ_AGAIN = "Features are not kept, and pictures are read again: ";

    @TempDir
    static Path shared;

    private static Path pictures;
    private static Path model;
    private static Path converted;
    private static Path other;

    @TempDir
    Path folder;

    private Path home;

    @BeforeAll
    static void convertBothWays() throws IOException {
        pictures = shared.resolve("pictures");
        DemoPictures.write(pictures);
        model = Rela.prior("features16");
        converted = shared.resolve("home");
        done(convert(converted, "--dimensions", 8));
        other = shared.resolve("other");
        done(convert(other, "--dimensions", 5, "--scale", "none"));
    }

    @BeforeEach
    void copyHome() throws IOException {
        home = folder.resolve("home");
        Folders.copy(converted, home);
    }

    @AfterEach
    void heal() {
        FaultyFileSystem.heal();
    }

    private static Rela.Outcome convert(Path home, Object... more) {
        return convert("faulty:" + pictures, home, more);
    }

    private static Rela.Outcome convert(String input, Path home, Object... more) {
        List<Object> args = new ArrayList<>(
                List.of("convert", "--input", input, "--home", home, "--prior", model, "--input-size", 16));
        args.addAll(List.of(more));
        return Rela.run(args.toArray());
    }

    private Rela.Outcome overwrite(Object... more) {
        List<Object> args = new ArrayList<>(List.of(more));
        args.addAll(List.of("--if-exists", "overwrite"));
        return convert(home, args.toArray());
    }

    private static String done(Rela.Outcome outcome) {
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        return outcome.text();
    }

    /** Every table is what a conversion anew gives. */
    private static void assertSame(Path home, Path anew) {
        assertThat(Rela.targetBits(home)).isEqualTo(Rela.targetBits(anew));
        for (String table : List.of("projection", "rejects")) {
            assertThat(Rela.rows(home, table)).isEqualTo(Rela.rows(anew, table));
        }
        ConversionRecord is = record(home);
        ConversionRecord wanted = record(anew);
        assertThat(is.settings()).isEqualTo(wanted.settings());
        assertThat(is.counts()).isEqualTo(wanted.counts());
        assertThat(is.projection()).isEqualTo(wanted.projection());
        assertThat(is.prior()).isEqualTo(wanted.prior());
        assertThat(Rela.run("inspect", "--home", home).code()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void noPictureIsReadAndEverythingIsAsAfterAConversionAnew() throws IOException {
        String made = record(home).run().start();
        List<String> features = names(home.resolve("features"));
        done(Rela.run("select", "--home", home, "--epoch", 0, "--policy", "uniform", "--ratio", 0.5));
        FaultyFileSystem.fail(FaultyFileSystem.denied(file -> file.getName().matches(".*\\.(jpg|png)")));

        assertThat(done(overwrite("--dimensions", 5, "--scale", "none")))
                .contains(KEPT, "features of 636 pictures kept, targets of 5 values");

        assertThat(names(home.resolve("features"))).isEqualTo(features);
        assertSame(home, other);
        assertThat(home.resolve("subsets")).doesNotExist();
        assertThat(home.resolve(".rela")).doesNotExist();
        assertThat(record(home).featuresMade())
                .isEqualTo(made)
                .isNotEqualTo(record(home).run().start());
        assertThat(done(convert(home, "--dimensions", 5, "--scale", "none"))).contains("nothing to do");

        done(overwrite("--dimensions", "90%", "--projection", "pca"));
        assertThat(done(overwrite("--projection", "none"))).contains(KEPT, "targets of 24 values");
        done(overwrite("--projection", "random", "--seed", 3));
        assertThat(done(overwrite("--dimensions", 8))).contains(KEPT);
        assertSame(home, converted);
        assertThat(record(home).featuresMade()).isEqualTo(made);
        assertThat(names(home.resolve("features"))).isEqualTo(features);
    }

    @Test
    void keptPicturesComeFromTheTargetsThatGo() throws IOException {
        Path kept = folder.resolve("kept");
        done(convert(kept, "--dimensions", 8, "--keep-images"));
        FaultyFileSystem.fail(FaultyFileSystem.denied(file -> file.getName().matches(".*\\.(jpg|png)")));
        home = kept;
        assertThat(done(overwrite("--dimensions", 5, "--scale", "none", "--keep-images")))
                .contains(KEPT);
        assertThat(Rela.targetBits(kept)).isEqualTo(Rela.targetBits(other));
        for (Row row : Rela.rows(kept, "targets")) {
            Row image = row.getAs(Tables.IMAGE_COLUMN);
            String id = row.getAs(Tables.ID);
            assertThat(image.<byte[]>getAs("bytes")).isEqualTo(Files.readAllBytes(pictures.resolve(id)));
            assertThat(image.<String>getAs("path")).isEqualTo(id);
        }
    }

    @Test
    @Tag("slow")
    void whatElseDiffersReadsThePicturesAgain() throws IOException {
        List<String> features = names(home.resolve("features"));
        assertThat(done(overwrite("--dimensions", 8))).doesNotContain(KEPT).contains("640 listed");
        assertThat(names(home.resolve("features"))).isNotEqualTo(features);
        assertThat(record(home).result().featuresMade()).isNull();
        assertThat(done(overwrite("--dimensions", 5, "--batch-size", 16))).doesNotContain(KEPT);
        assertThat(done(overwrite("--dimensions", 8, "--batch-size", 16))).contains(KEPT);
    }

    @Test
    void aSourceThatHasChangedIsReadAgain() throws IOException {
        Path mine = folder.resolve("pictures");
        Folders.copy(pictures, mine);
        done(convert(mine.toString(), folder.resolve("mine"), "--dimensions", 8));
        Files.copy(mine.resolve("cross/000.jpg"), mine.resolve("cross/zzz.jpg"));
        Rela.Outcome outcome =
                convert(mine.toString(), folder.resolve("mine"), "--dimensions", 5, "--if-exists", "overwrite");
        assertThat(done(outcome)).contains(READ_AGAIN + "the input has changed.", "641 listed");
    }

    @Test
    void labelsThatHaveChangedAreNoticedThoughTheFingerprintIsTheSame() throws IOException {
        Path parquet = folder.resolve("parquet");
        Path mine = folder.resolve("mine");
        write(parquet, 0);
        List<Object> columns = List.of("--id-column", "name", "--dimensions");
        done(convert(parquet.toString(), mine, with(columns, 8)));
        write(parquet, 1);
        assertThat(done(convert(parquet.toString(), mine, with(columns, 8)))).contains("nothing to do");
        assertThat(done(convert(parquet.toString(), mine, with(columns, 5, "--if-exists", "overwrite"))))
                .contains(READ_AGAIN + "ids, places, lengths or labels have changed.");
        assertThat(Rela.rows(mine, "targets"))
                .extracting(row -> row.<Integer>getAs(Tables.LABEL))
                .containsOnly(1);
        assertThat(done(convert(parquet.toString(), mine, with(columns, 8, "--if-exists", "overwrite"))))
                .contains(KEPT);
        assertThat(Rela.rows(mine, "targets"))
                .extracting(row -> row.<Integer>getAs(Tables.LABEL))
                .containsOnly(1);
    }

    private static Object[] with(List<Object> args, Object... more) {
        return Stream.concat(args.stream(), Stream.of(more)).toArray();
    }

    private static void write(Path parquet, int label) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String name : List.of("cross/000.jpg", "cross/001.jpg", "disc/000.jpg", "disc/001.jpg")) {
            rows.add(RowFactory.create(name, Files.readAllBytes(pictures.resolve(name)), label));
        }
        StructType schema = new StructType()
                .add("name", DataTypes.StringType)
                .add("image", DataTypes.BinaryType)
                .add("label", DataTypes.IntegerType);
        LocalSpark.session()
                .createDataFrame(rows, schema)
                .coalesce(1)
                .write()
                .mode("overwrite")
                .parquet(parquet.toString());
        // Spark names the file anew each time, and its name is where the pictures are.
        try (Stream<Path> files = Files.list(parquet)) {
            for (Path file : files.toList()) {
                if (file.toString().endsWith(".parquet")) {
                    Files.move(file, parquet.resolve("0.parquet"));
                } else {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    @Tag("slow")
    void featuresThatAreNotWholeAreMadeAgain() throws IOException {
        Path file =
                home.resolve("features").resolve(names(home.resolve("features")).get(0));
        Files.write(file, new byte[] {1});
        assertThat(done(overwrite("--dimensions", 5, "--scale", "none")))
                .contains(READ_AGAIN + "features/ is not what the manifest lists.");
        assertSame(home, other);
    }

    @Test
    @Tag("slow")
    void rejectsThatAreNotAllowedAnyMoreEndAsTheyWouldAnew() {
        Rela.Outcome refused = overwrite("--dimensions", 5, "--max-rejects", 0);
        assertThat(refused.code()).isEqualTo(ExitCode.REJECTS);
        assertThat(refused.text()).contains(READ_AGAIN + "4 of them are rejected, --max-rejects allows 0.");
        assertThat(record(home).settings()).isEqualTo(record(converted).settings());
        // What was begun goes on, though features could be kept.
        assertThat(done(overwrite("--dimensions", 5))).contains("Going on where an earlier run stopped");
    }

    @Test
    @Tag("slow")
    void picturesThatWereMissingAreLookedFor() {
        FaultyFileSystem.Plan gone =
                FaultyFileSystem.gone(file -> file.toString().endsWith("waves/079.png"));
        FaultyFileSystem.fail(gone);
        Path mine = folder.resolve("mine");
        home = mine;
        done(convert(mine, "--dimensions", 8, "--missing", "reject"));
        assertThat(done(overwrite("--dimensions", 5, "--missing", "reject"))).contains(KEPT);
        FaultyFileSystem.heal();
        assertThat(done(overwrite("--dimensions", 6, "--missing", "reject")))
                .contains(READ_AGAIN + "some were missing.", "636 converted + 4 rejected");
    }

    @Test
    @Tag("slow")
    void aRunThatWasKilledBeforeItsCommitLeavesTheHomeAndIsRepeated() throws IOException {
        for (String table : List.of("projection", "targets")) {
            Path staged =
                    Files.createDirectories(home.resolve(".rela/projected").resolve(table));
            Files.writeString(staged.resolve("part-0.parquet"), "half");
        }
        assertThat(done(convert(home, "--dimensions", 8))).contains("nothing to do");
        for (String table : List.of("projection", "targets")) {
            Path staged =
                    Files.createDirectories(home.resolve(".rela/projected").resolve(table));
            Files.writeString(staged.resolve("part-0.parquet"), "half");
        }
        assertThat(done(overwrite("--dimensions", 5, "--scale", "none"))).contains(KEPT);
        assertSame(home, other);
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    /** Whatever of the two tables has been moved when it is cut off. */
    @Test
    @Tag("slow")
    void aCommitThatWasCutOffIsCompletedByTheNextCommand() throws IOException {
        done(overwrite("--dimensions", 5, "--scale", "none"));
        ObjectMapper json = new ObjectMapper();
        JsonNode after = json.readTree(home.resolve("manifest.json").toFile());
        for (List<String> moved : List.of(List.<String>of(), List.of("projection"), List.of("projection", "targets"))) {
            Path cut = folder.resolve("cut" + moved.size());
            Folders.copy(converted, cut);
            Path staging = Files.createDirectories(cut.resolve(".rela/projected"));
            for (String table : List.of("projection", "targets")) {
                if (moved.contains(table)) {
                    Files.move(cut.resolve(table), staging.resolve("replaced-" + table));
                }
                Folders.copy(home.resolve(table), moved.contains(table) ? cut.resolve(table) : staging.resolve(table));
            }
            ObjectNode journal = json.createObjectNode().put("staging", "projected");
            journal.putArray("tables").add("projection").add("targets");
            journal.putArray("removed").add("losses").add("subsets");
            journal.set("manifest", after);
            json.writeValue(cut.resolve(".rela/commit.json").toFile(), journal);

            assertThat(Rela.run("inspect", "--home", cut).text()).contains("a commit was cut off");
            assertThat(done(convert(cut, "--dimensions", 5, "--scale", "none"))).contains("nothing to do");
            assertSame(cut, other);
            assertThat(names(cut.resolve("features"))).isEqualTo(names(converted.resolve("features")));
            assertThat(cut.resolve(".rela")).doesNotExist();
        }
    }

    private static ConversionRecord record(Path home) {
        return DatasetHome.at(home.toString(), new Configuration())
                .manifest()
                .newest(ConversionRecord.class)
                .orElseThrow();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
