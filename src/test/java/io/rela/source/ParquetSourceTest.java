package io.rela.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.testing.LocalSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetSourceTest {
    private static final StructType IMAGE =
            new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);

    @TempDir
    Path root;

    @Test
    void binaryPicturesAndWholeLabelsAreRead() throws IOException {
        StructType schema = new StructType()
                .add("other", DataTypes.DoubleType)
                .add("image", DataTypes.BinaryType)
                .add("label", DataTypes.LongType);
        Path file = write(
                "plain",
                schema,
                RowFactory.create(1.0, bytes("p0"), 3L),
                RowFactory.create(2.0, null, null),
                RowFactory.create(3.0, bytes("picture 2"), -4L));

        Listed listed = Listed.of(file);

        assertThat(listed.ids()).containsExactly("plain.parquet#0", "plain.parquet#1", "plain.parquet#2");
        assertThat(listed.samples())
                .extracting(Sample::uri)
                .containsExactly("file:" + file + "#0", "file:" + file + "#1", "file:" + file + "#2");
        assertThat(listed.samples()).extracting(Sample::length).containsExactly(2L, 0L, 9L);
        assertThat(listed.samples()).extracting(Sample::offset).containsOnlyNulls();
        assertThat(listed.labels()).containsExactly(3, null, -4);
        assertThat(listed.labelNames()).containsOnlyNulls();
        assertThat(listed.contents()).containsExactly("p0", "", "picture 2");
    }

    @Test
    void structPicturesAndTextLabelsAreRead() throws IOException {
        StructType schema = new StructType().add("image", IMAGE).add("label", DataTypes.StringType);
        Path nested = Files.createDirectories(root.resolve("set/sub #1"));
        move(
                write("x", schema, image("p0", "b.jpg", "\uD800\uDC00"), image(null, "c.jpg", "cat")),
                nested.resolve("a b%.parquet"));
        move(
                write("y", schema, image("p2", "a.jpg", "\uFFFC"), RowFactory.create(null, null)),
                nested.resolve("c.parquet"));
        Files.writeString(root.resolve("set/_SUCCESS.parquet"), "hidden");

        Listed withNull = Listed.of(root.resolve("set"), InputFormat.PARQUET);
        assertThat(withNull.ids())
                .containsExactly(
                        "sub #1/a b%.parquet#0", "sub #1/a b%.parquet#1", "sub #1/c.parquet#0", "sub #1/c.parquet#1");
        assertThat(withNull.labelNames()).containsExactly("\uD800\uDC00", "cat", "\uFFFC", null);
        assertThat(withNull.labels()).containsExactly(2, 0, 1, null);
        assertThat(withNull.classNames()).containsExactly("cat", "\uFFFC", "\uD800\uDC00");
        assertThat(withNull.contents()).containsExactly("p0", "", "p2", "");

        Listed first = Listed.of(nested.resolve("a b%.parquet"));
        assertThat(first.ids()).containsExactly("b.jpg", "c.jpg");
        assertThat(first.contents()).containsExactly("p0", "");
    }

    @Test
    void pathsThatAreNotUniqueAreNoIds() throws IOException {
        StructType schema = new StructType().add("image", IMAGE).add("label", DataTypes.StringType);
        Path file = write("same", schema, image("p0", "a.jpg", "x"), image("p1", "a.jpg", "x"));

        Listed listed = Listed.of(file);

        assertThat(listed.ids()).containsExactly("same.parquet#0", "same.parquet#1");
        assertThat(listed.warnings())
                .containsExactly("The paths in column 'image' are not unique, such as 'a.jpg': ids are FILE#ROW");
    }

    @Test
    void columnsAreTakenByTheNamesAskedFor() throws IOException {
        StructType schema = new StructType()
                .add("img", DataTypes.BinaryType)
                .add("class", DataTypes.IntegerType)
                .add("key", DataTypes.IntegerType);
        Path file =
                write("named", schema, RowFactory.create(bytes("p0"), 1, 10), RowFactory.create(bytes("p1"), 0, 11));

        Listed listed = Listed.of(file, InputFormat.PARQUET, columns("img", "class", "key"), 1);

        assertThat(listed.ids()).containsExactly("10", "11");
        assertThat(listed.labels()).containsExactly(1, 0);
    }

    @Test
    void huggingFaceClassLabelsHaveNames() throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("message schema { optional group image {"
                + " optional binary bytes; optional binary path (STRING); } optional int64 label; }");
        String features = "{\"info\": {\"features\": {\"image\": {\"_type\": \"Image\"},"
                + " \"label\": {\"names\": [\"cat\", \"dog\"], \"_type\": \"ClassLabel\"}}}}";
        Path file = root.resolve("hf.parquet");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toString()))
                .withType(schema)
                .withExtraMetaData(Map.of("huggingface", features))
                .build()) {
            for (long label : new long[] {1, 0, -1, 5}) {
                Group row = new SimpleGroupFactory(schema).newGroup().append("label", label);
                row.addGroup("image").append("path", "p" + label).append("bytes", "b" + label);
                writer.write(row);
            }
        }

        Listed listed = Listed.of(file);

        assertThat(listed.labels()).containsExactly(1, 0, null, 5);
        assertThat(listed.labelNames()).containsExactly("dog", "cat", null, null);
        assertThat(listed.ids()).containsExactly("p1", "p0", "p-1", "p5");
        assertThat(listed.contents()).containsExactly("b1", "b0", "b-1", "b5");
    }

    @Test
    void rowsOfSeveralRowGroupsAreReadInAnyOrderByAnyThread() throws IOException {
        Path file = manyRows("many", 1_000);
        assertThat(rowGroups(file)).isGreaterThan(3);
        Listed listed = Listed.of(file);
        assertThat(listed.contents()).isEqualTo(contentsOf("many", 1_000));

        List<Sample> shuffled = new ArrayList<>(listed.samples());
        Collections.shuffle(shuffled, new Random(11));
        try (SampleReader reader = listed.source().reader()) {
            for (Sample sample : shuffled.subList(0, 200)) {
                assertThat(read(reader, sample)).isEqualTo(content("many", sample.index()));
            }
            assertThat(listed.samples().parallelStream().map(sample -> read(reader, sample)))
                    .containsExactlyElementsOf(contentsOf("many", 1_000));
            for (int i = 0; i < 1_000; i += 97) {
                assertThat(read(reader, listed.samples().get(i))).isEqualTo(content("many", i));
            }
        }
    }

    @Test
    void listingIgnoresTheNumberOfTasks() throws IOException {
        Path set = Files.createDirectory(root.resolve("set"));
        for (int i = 0; i < 8; i++) {
            move(manyRows("f" + i, 30 + i), set.resolve("f" + i + ".parquet"));
        }
        Listed one = Listed.of(set, InputFormat.AUTO, ParquetColumns.defaults(), 1);

        assertThat(one.samples()).hasSize(8 * 30 + 28);
        for (int tasks : new int[] {2, 7}) {
            assertThat(Listed.of(set, InputFormat.AUTO, ParquetColumns.defaults(), tasks)
                            .samples())
                    .isEqualTo(one.samples());
        }
        assertThat(one.contents()).startsWith(content("f0", 0)).endsWith(content("f7", 36));
    }

    @Test
    @Tag("slow")
    void columnsThatDoNotFitAreNamedWithTheRepair() throws IOException {
        StructType schema = new StructType()
                .add("image", DataTypes.StringType)
                .add("picture", DataTypes.BinaryType)
                .add("label", DataTypes.createArrayType(DataTypes.IntegerType))
                .add("big", DataTypes.LongType)
                .add("key", DataTypes.StringType)
                .add("gap", DataTypes.StringType);
        Path file = write(
                "bad",
                schema,
                RowFactory.create("x", bytes("p0"), List.of(1), 1L, "k", "g"),
                RowFactory.create("x", bytes("p1"), List.of(2), 1L << 40, "k", null));

        Listed.failure(file, InputFormat.AUTO)
                .hasMessageContaining("column 'image'")
                .hasMessageContaining("STRING")
                .hasMessageContaining("--image-column");
        Listed.failure(file, InputFormat.AUTO, columns("photo", null, null))
                .hasMessageContaining("no column 'photo', only image, picture, label, big, key, gap")
                .hasMessageContaining("--image-column");
        Listed.failure(file, InputFormat.AUTO, columns("picture", "class", null))
                .hasMessageContaining("no column 'class'")
                .hasMessageContaining("--label-column");
        Listed.failure(file, InputFormat.AUTO, columns("picture", "label", null))
                .hasMessageContaining("is LIST")
                .hasMessageContaining("--label-column");
        Listed.failure(file, InputFormat.AUTO, columns("picture", "big", null))
                .hasMessageContaining("The label 1099511627776 in row 1");
        Listed.failure(file, InputFormat.AUTO, columns("picture", null, "nokey"))
                .hasMessageContaining("no column 'nokey'")
                .hasMessageContaining("--id-column");
        Listed.failure(file, InputFormat.AUTO, columns("picture", null, "picture"))
                .hasMessageContaining("ids must be string, int or long");
        Listed.failure(file, InputFormat.AUTO, columns("picture", null, "key"))
                .hasMessageContaining("The id 'k' stands in more than one row");
        Listed.failure(file, InputFormat.AUTO, columns("picture", null, "gap")).hasMessageContaining("row 1");

        Listed unlabeled = Listed.of(file, InputFormat.AUTO, columns("picture", null, null), 1);
        assertThat(unlabeled.labels()).containsOnlyNulls();
        assertThat(unlabeled.warnings()).containsExactly("The column 'label' is LIST and is not taken for labels");
    }

    @Test
    void filesThatAreNoParquetAreNamed() throws IOException {
        Path garbage = root.resolve("garbage.parquet");
        Files.writeString(garbage, "this is no Parquet file at all");
        Path cut = root.resolve("cut.parquet");
        byte[] whole = Files.readAllBytes(manyRows("whole", 100));
        Files.write(cut, java.util.Arrays.copyOf(whole, whole.length / 2));
        Path empty = write("empty", new StructType().add("image", DataTypes.BinaryType));

        for (Path file : List.of(garbage, cut)) {
            Listed.failure(file, InputFormat.AUTO)
                    .hasMessageContaining(file.getFileName().toString())
                    .hasMessageContaining("damaged or cut short");
        }
        Listed.failure(empty, InputFormat.AUTO).hasMessageContaining("has no rows in 1 file");
        Listed.failure(Files.createDirectory(root.resolve("none")), InputFormat.PARQUET)
                .hasMessageContaining("holds no .parquet file");
    }

    private static String content(String name, long row) {
        return name + " picture " + row + " " + "x".repeat((int) (row % 50));
    }

    private static List<String> contentsOf(String name, int rows) {
        return Stream.iterate(0, i -> i + 1)
                .limit(rows)
                .map(i -> content(name, i))
                .toList();
    }

    private Path manyRows(String name, int rows) throws IOException {
        StructType schema = new StructType().add("image", IMAGE).add("label", DataTypes.IntegerType);
        List<Row> data = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            data.add(RowFactory.create(RowFactory.create(bytes(content(name, i)), name + "/" + i), i % 3));
        }
        return write(name, schema, data.toArray(Row[]::new));
    }

    private Path write(String name, StructType schema, Row... rows) throws IOException {
        Dataset<Row> table =
                LocalSpark.session().createDataFrame(List.of(rows), schema).coalesce(1);
        Path folder = root.resolve(name + "-spark");
        table.write().option("parquet.block.size", 4096).parquet(folder.toString());
        Path file = root.resolve(name + ".parquet");
        try (Stream<Path> parts = Files.list(folder)) {
            move(
                    parts.filter(part -> part.toString().endsWith(".parquet"))
                            .findFirst()
                            .orElseThrow(),
                    file);
        }
        return file;
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to);
    }

    private static int rowGroups(Path file) throws IOException {
        try (ParquetFileReader reader = ParquetFileReader.open(
                HadoopInputFile.fromPath(new org.apache.hadoop.fs.Path(file.toString()), new Configuration()))) {
            return reader.getRowGroups().size();
        }
    }

    private static Row image(String content, String path, String label) {
        return RowFactory.create(RowFactory.create(content == null ? null : bytes(content), path), label);
    }

    private static byte[] bytes(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    private static ParquetColumns columns(String image, String label, String id) {
        return new ParquetColumns(Optional.of(image), Optional.ofNullable(label), Optional.ofNullable(id));
    }

    private static String read(SampleReader reader, Sample sample) {
        try {
            return new String(reader.read(sample), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
