package io.rela.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rela.ExitCode;
import io.rela.cli.Main;
import io.rela.model.LoadedModels;
import io.rela.testing.LocalSpark;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("spark4")
class ImageFeaturizerTest {
    private static final int COUNT = 23;
    private static final int BROKEN = 6;
    private static final StructType PLAIN = new StructType()
            .add("index", DataTypes.LongType, false)
            .add("image", DataTypes.BinaryType)
            .add("name", DataTypes.StringType);
    private static final StructType HUGGING_FACE = new StructType()
            .add("image", new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType));

    @TempDir
    Path folder;

    @BeforeAll
    static void startSpark() {
        LocalSpark.session();
    }

    @Test
    void featuresAreThoseOfConvert() throws IOException {
        Path input = Files.createDirectories(folder.resolve("pictures/all"));
        for (int i = 0; i < COUNT; i++) {
            Files.write(input.resolve(String.format("%03d.png", i)), i == BROKEN ? new byte[] {1, 2, 3} : picture(i));
        }
        String home = folder.resolve("home").toString();
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(messages, true, StandardCharsets.UTF_8);
        String[] command = {
            "convert",
            "--input",
            folder.resolve("pictures").toString(),
            "--home",
            home,
            "--prior",
            "builtin:prior",
            "--projection",
            "none",
            "--batch-size",
            "8",
            "--device",
            "cpu",
            "--max-rejects",
            "0.1"
        };
        assertThat(Main.run(command, InputStream.nullInputStream(), out, out))
                .as(messages.toString(StandardCharsets.UTF_8))
                .isEqualTo(ExitCode.DONE);

        Dataset<Row> featured = builtin()
                .setHandleInvalid("skip")
                .transform(LocalSpark.session()
                        .read()
                        .format("binaryFile")
                        .load(input.toString())
                        .orderBy("path")
                        .coalesce(1)
                        .select(functions.col("content").as("image")));

        List<Row> converted = LocalSpark.session()
                .read()
                .parquet(home + "/features")
                .orderBy("index")
                .collectAsList();
        assertThat(converted).hasSize(COUNT - 1);
        assertThat(features(featured, "feature"))
                .isEqualTo(converted.stream().map(row -> row.getList(1)).toList());
    }

    @Test
    void otherColumnsAndTheOrderStay() {
        Dataset<Row> table = table(-1);

        Dataset<Row> featured = small().transform(table);

        assertThat(featured.schema()).isEqualTo(small().transformSchema(table.schema()));
        assertThat(featured.schema().apply("feature").nullable()).isFalse();
        assertThat(featured.schema().apply("feature").dataType())
                .isEqualTo(DataTypes.createArrayType(DataTypes.FloatType, false));
        List<Row> rows = featured.collectAsList();
        assertThat(featured.drop("feature").collectAsList()).isEqualTo(table.collectAsList());
        assertThat(rows).allSatisfy(row -> assertThat(row.getList(3)).hasSize(24));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 30})
    void partitionsChangeNothing(int partitions) {
        List<List<Float>> expected =
                features(small().transform(table(-1).coalesce(1)).orderBy("index"), "feature");

        List<List<Float>> actual =
                features(small().transform(table(-1).repartition(partitions)).orderBy("index"), "feature");

        assertThat(actual).hasSize(COUNT);
        for (int i = 0; i < COUNT; i++) {
            for (int d = 0; d < 24; d++) {
                assertThat(actual.get(i).get(d)).isCloseTo(expected.get(i).get(d), within(1e-6f));
            }
        }
    }

    @Test
    void huggingFacesPicturesGiveTheSame() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            rows.add(RowFactory.create(RowFactory.create(picture(i), i + ".png")));
        }
        Dataset<Row> structs =
                LocalSpark.session().createDataFrame(rows, HUGGING_FACE).coalesce(1);

        assertThat(features(small().transform(structs), "feature"))
                .isEqualTo(features(small().transform(table(-1).coalesce(1)), "feature"));
    }

    @Test
    void aBadPictureFailsTheJobUnlessToldOtherwise() {
        assertThatThrownBy(() -> small().transform(table(BROKEN).coalesce(1)).collectAsList())
                .hasStackTraceContaining("Column image, row 6 of partition 0: no feature (unknown-format: ")
                .hasStackTraceContaining("set handleInvalid to skip or keep");
        Row named = RowFactory.create(RowFactory.create(new byte[] {7}, "dogs/7.png"));
        Dataset<Row> structs = LocalSpark.session().createDataFrame(List.of(named), HUGGING_FACE);
        assertThatThrownBy(() -> small().transform(structs).collectAsList()).hasStackTraceContaining("dogs/7.png");
    }

    @Test
    void skippedPicturesLeaveTheOthersAsTheyAre() {
        Dataset<Row> featured = small().setHandleInvalid("skip").transform(table(BROKEN));
        Dataset<Row> whole = small().transform(table(-1)).where("index <> " + BROKEN);

        assertThat(featured.select("index", "feature").collectAsList())
                .isEqualTo(whole.select("index", "feature").collectAsList());
    }

    @Test
    void keptPicturesHaveNoFeatureAndAReason() {
        Dataset<Row> table = table(BROKEN)
                .withColumn("image", functions.expr("if(index = 9, null, image)"))
                .coalesce(1);
        Dataset<Row> featured =
                small().setHandleInvalid("keep").setErrorCol("why").transform(table);

        assertThat(featured.schema().apply("feature").nullable()).isTrue();
        assertThat(featured.columns()).containsExactly("index", "image", "name", "feature", "why");
        List<Row> rows = featured.collectAsList();
        assertThat(rows).hasSize(COUNT);
        for (Row row : rows) {
            boolean bad = row.getLong(0) == BROKEN || row.getLong(0) == 9;
            assertThat(row.isNullAt(3)).isEqualTo(bad);
            assertThat(row.isNullAt(4)).isEqualTo(!bad);
        }
        assertThat(rows.get(BROKEN).getString(4)).startsWith("unknown-format: ");
        assertThat(rows.get(9).getString(4)).startsWith("empty: ");
        assertThat(small().setHandleInvalid("keep").transform(table).columns())
                .containsExactly("index", "image", "name", "feature");
    }

    @Test
    void aFeatureThatIsNotFiniteIsInvalid() {
        Dataset<Row> featured = small().setModelUrl(model("not-finite"))
                .setHandleInvalid("keep")
                .setErrorCol("why")
                .transform(table(-1));

        assertThat(featured.where("feature is null and why like 'not-finite: %'")
                        .count())
                .isPositive();
    }

    @Test
    void fitsProjectsAndSurvivesSavingInsideAPipeline() throws IOException {
        Pipeline pipeline =
                new Pipeline().setStages(new PipelineStage[] {small(), new ProjectionEstimator().setDimensions(4)});
        pipeline.save(path("pipeline"));
        PipelineModel fitted = Pipeline.load(path("pipeline")).fit(table(-1));
        fitted.save(path("fitted"));

        PipelineModel back = PipelineModel.load(path("fitted"));

        Dataset<Row> targets = back.transform(table(-1));
        assertThat(targets.columns()).containsExactly("index", "image", "name", "feature", "target");
        assertThat(features(targets, "target"))
                .hasSize(COUNT)
                .allSatisfy(target -> assertThat(target).hasSize(4))
                .isEqualTo(features(fitted.transform(table(-1)), "target"));
    }

    @Test
    void everyParameterSurvivesSavingAndCopying() throws IOException {
        ImageFeaturizer all = small().setInputCol("picture")
                .setOutputCol("embedding")
                .setErrorCol("why")
                .setHandleInvalid("keep")
                .setEngine("PyTorch")
                .setBatchSize(5)
                .setDevice("cpu")
                .setResize(20)
                .setInterpolation("bicubic")
                .setMean(0.5, 0.5, 0.5)
                .setStd(0.25, 0.5, 1);
        all.save(path("featurizer"));
        Dataset<Row> table = table(BROKEN).withColumnRenamed("image", "picture");

        ImageFeaturizer back = ImageFeaturizer.load(path("featurizer"));

        assertThat(back.uid()).isEqualTo(all.uid());
        List<Row> expected = all.transform(table).collectAsList();
        assertThat(back.transform(table).collectAsList()).isEqualTo(expected);
        assertThat(all.copy(ParamMap.empty()).transform(table).collectAsList()).isEqualTo(expected);
        assertThat(small().transform(table(-1)).collectAsList()).isNotEqualTo(expected);
    }

    @Test
    void twoPriorsShareOneStageAndMetadataPasses() {
        PipelineStage[] stages = {
            new StringIndexer().setInputCol("name").setOutputCol("label"),
            small(),
            builtin().setOutputCol("other"),
            new IndexToString().setInputCol("label").setOutputCol("again")
        };
        Dataset<Row> table = table(-1);

        List<Row> rows =
                new Pipeline().setStages(stages).fit(table).transform(table).collectAsList();

        assertThat(rows).hasSize(COUNT).allSatisfy(row -> {
            assertThat(row.<String>getAs("again")).isEqualTo(row.getAs("name"));
            assertThat(row.getList(row.fieldIndex("feature"))).hasSize(24);
            assertThat(row.getList(row.fieldIndex("other"))).isNotEmpty();
        });
    }

    @Test
    void emptyTablesAreFine() {
        assertThat(small().transform(table(-1).where("index < 0")).collectAsList())
                .isEmpty();
        assertThat(LoadedModels.leased()).isZero();
    }

    @Test
    void picturesAreReadOnlyAsFarAsTheyAreWanted() {
        Dataset<Row> brokenAtTheEnd = table(COUNT - 1).coalesce(1);

        List<Row> rows =
                small().setBatchSize(2).transform(brokenAtTheEnd).limit(3).collectAsList();

        assertThat(rows).hasSize(3);
        assertThat(LoadedModels.leased()).isZero();
    }

    @Test
    void failedTasksGiveTheModelBack() {
        Dataset<Row> featured = small().transform(table(BROKEN).coalesce(1));

        assertThatThrownBy(featured::count).hasStackTraceContaining("no feature");

        assertThat(LoadedModels.leased()).isZero();
    }

    @Test
    void schemasAreChecked() {
        StructType schema = PLAIN;
        assertThatThrownBy(() -> small().setInputCol("photo").transformSchema(schema))
                .hasMessage("There is no column photo, only index, image, name: set inputCol to the column of encoded"
                        + " pictures.");
        assertThatThrownBy(() -> small().setInputCol("name").transformSchema(schema))
                .hasMessage("Column name is of type string: give encoded pictures, as binary or"
                        + " struct<bytes:binary,path:string>.");
        StructType decoded = new StructType().add("image", new StructType().add("data", DataTypes.BinaryType));
        assertThatThrownBy(() -> small().transformSchema(decoded)).hasMessageContaining("struct<data:binary>");
        assertThatThrownBy(() -> small().setOutputCol("name").transformSchema(schema))
                .hasMessage("There is a column name already: drop it, or set another outputCol.");
        assertThatThrownBy(() ->
                        small().setHandleInvalid("keep").setErrorCol("feature").transformSchema(schema))
                .hasMessage("There is a column feature already: drop it, or set another errorCol.");
        assertThatThrownBy(() -> small().setErrorCol("why").transformSchema(schema))
                .hasMessageContaining("set handleInvalid to keep");
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> small().setEngine("TensorFlow"))
                .hasMessage("engine \"TensorFlow\": priors are TorchScript, which runs on engine PyTorch only.");
        assertThatThrownBy(() -> small().setHandleInvalid("drop")).hasMessageContaining("error, skip or keep");
        assertThatThrownBy(() -> small().setDevice("tpu")).hasMessageContaining("auto, cpu or gpu");
        assertThatThrownBy(() -> small().setBatchSize(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> small().setStd(1, 0, 1).transform(table(-1))).hasMessageContaining("above 0");
        assertThatThrownBy(() -> small().setInputSize(32).setResize(16).transform(table(-1)))
                .hasMessageContaining("larger than the resize");
        assertThatThrownBy(() -> new ImageFeaturizer().transform(table(-1)))
                .hasMessage("modelUrl is not set: name a .pt file, a DJL model directory, or builtin:prior.");
        assertThatThrownBy(() -> small().setModelUrl(path("none.pt")).transform(table(-1)))
                .hasMessageStartingWith("modelUrl " + path("none.pt") + " is not there.");
        ImageFeaturizer smuggled = small();
        smuggled.set(smuggled.engine(), "MXNet");
        assertThatThrownBy(() -> smuggled.transform(table(-1))).hasMessageContaining("MXNet");
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static ImageFeaturizer small() {
        return new ImageFeaturizer()
                .setModelUrl(model("features16"))
                .setInputSize(16)
                .setBatchSize(4)
                .setDevice("cpu");
    }

    private static ImageFeaturizer builtin() {
        return new ImageFeaturizer()
                .setModelUrl("builtin:prior")
                .setBatchSize(8)
                .setDevice("cpu");
    }

    private static String model(String name) {
        return String.valueOf(ImageFeaturizerTest.class.getResource("/models/" + name + ".pt"));
    }

    /** Pictures 0 to 22 in two partitions; the one at {@code broken} is none. */
    private static Dataset<Row> table(int broken) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            rows.add(RowFactory.create((long) i, i == broken ? new byte[] {1, 2, 3} : picture(i), "n" + i % 3));
        }
        return LocalSpark.session().createDataFrame(rows, PLAIN);
    }

    private static byte[] picture(int seed) {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(20 + seed, 40 - seed, BufferedImage.TYPE_INT_RGB);
        int[] colours = random.ints(4).toArray();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, colours[(x / 5 + y / 7) % colours.length]);
            }
        }
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", encoded);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return encoded.toByteArray();
    }

    private static List<List<Float>> features(Dataset<Row> table, String column) {
        return table.select(column).collectAsList().stream()
                .map(row -> row.<Float>getList(0))
                .toList();
    }
}
