package io.rela.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.moments.IndexedFeature;
import io.rela.moments.MomentsStep;
import io.rela.projection.Axes;
import io.rela.projection.AxisScale;
import io.rela.projection.Dimensions;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionKind;
import io.rela.projection.Projections;
import io.rela.testing.LocalSpark;
import io.rela.testing.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark4")
class ProjectionEstimatorTest {
    private static final int D = 6;
    private static final int K = 4;
    private static final List<IndexedFeature> ROWS = Samples.indexed(Samples.holes(100, 0.7, 2), D, 2);

    @TempDir
    Path folder;

    @BeforeAll
    static void startSpark() {
        LocalSpark.session();
    }

    @Test
    void modelAddsStandardisedTargets() {
        ProjectionModel model = estimator().fit(table());

        Dataset<Row> targets = model.transform(table());

        Projection projection = model.projection();
        assertThat(projection.samples()).isEqualTo(ROWS.size());
        assertThat(targets.schema()).isEqualTo(model.transformSchema(table().schema()));
        assertThat(targets.schema().apply("target").dataType().catalogString()).isEqualTo("array<float>");
        List<Row> rows = targets.orderBy("index").collectAsList();
        assertThat(rows).hasSameSizeAs(ROWS);
        for (int r = 0; r < rows.size(); r++) {
            assertThat(rows.get(r).getList(2))
                    .isEqualTo(boxed(projection.project(ROWS.get(r).values())));
        }
    }

    @Test
    void vectorsGiveTheSameModel() {
        Dataset<Row> floats = table();
        Dataset<Row> vectors = floats.withColumn("feature", functions.array_to_vector(floats.col("feature")));
        ProjectionModel model = estimator().fit(vectors);

        assertThat(model.projection()).isEqualTo(estimator().fit(table()).projection());
        assertThat(model.transform(vectors).orderBy("index").first().getList(2))
                .isEqualTo(boxed(model.projection().project(ROWS.get(0).values())));
    }

    @Test
    void columnsCanBeNamed() {
        Dataset<Row> renamed = table().toDF("position", "embedding");
        ProjectionModel model = estimator()
                .setIndexCol("position")
                .setInputCol("embedding")
                .setOutputCol("axes")
                .setKind("random")
                .setScale("shrink:0.5")
                .setSeed(3)
                .fit(renamed);

        assertThat(model.transform(renamed).columns()).containsExactly("position", "embedding", "axes");
        assertThat(model.projection().kind()).isEqualTo(ProjectionKind.RANDOM);
        assertThat(model.projection().seed()).isEqualTo(3);
        assertThat(model.projection())
                .isEqualTo(Projections.fit(
                        new Axes(ProjectionKind.RANDOM, new Dimensions.Count(K), AxisScale.of("shrink:0.5"), 3),
                        MomentsStep.of(table(), "index", "feature", 16)));
        assertThat(model.copy(ParamMap.empty()).transform(renamed).columns()).contains("axes");
    }

    @Test
    void modelAndEstimatorSurviveSaving() throws IOException {
        ProjectionEstimator estimator = estimator().setOutputCol("y").setSeed(11);
        ProjectionModel model = estimator.fit(table());
        estimator.save(path("estimator"));
        model.save(path("model"));

        ProjectionEstimator estimatorBack = ProjectionEstimator.load(path("estimator"));
        ProjectionModel modelBack = ProjectionModel.load(path("model"));

        assertThat(estimatorBack.uid()).isEqualTo(estimator.uid());
        assertThat(estimatorBack.fit(table()).projection()).isEqualTo(model.projection());
        assertThat(modelBack.projection()).isEqualTo(model.projection());
        assertThat(modelBack.uid()).isEqualTo(model.uid());
        assertThat(modelBack.transform(table()).columns()).contains("y");
        model.write().overwrite().save(path("model"));
        assertThat(ProjectionModel.load(path("model")).projection()).isEqualTo(model.projection());
    }

    @Test
    void worksInsideAPipeline() throws IOException {
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {estimator()});
        pipeline.save(path("pipeline"));
        PipelineModel fitted = Pipeline.load(path("pipeline")).fit(table());
        fitted.save(path("fitted"));

        PipelineModel back = PipelineModel.load(path("fitted"));

        assertThat(back.transform(table()).orderBy("index").collectAsList())
                .isEqualTo(estimator()
                        .fit(table())
                        .transform(table())
                        .orderBy("index")
                        .collectAsList());
    }

    @Test
    void settingsAndColumnsAreChecked() {
        assertThatThrownBy(() -> estimator().setKind("tsne")).hasMessageContaining("pca, random or none");
        assertThatThrownBy(() -> estimator().setScale("large")).hasMessageContaining("write axis, none, shrink");
        assertThatThrownBy(() -> estimator().setDimensions(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> estimator().setDimensions(D + 1).fit(table()))
                .hasMessage("The prior gives 6 values, --dimensions asks for 7: ask for 6 or less.");
        assertThatThrownBy(() -> estimator().setInputCol("index").fit(table()))
                .hasMessage("Column index is of type bigint: give array<float> or an ML vector.");
        assertThatThrownBy(() -> estimator().setOutputCol("feature").fit(table()))
                .hasMessageContaining("There is a column feature already");
        ProjectionModel model = estimator().fit(table());
        Dataset<Row> holed =
                LocalSpark.session().createDataFrame(List.of(RowFactory.create(1L, null)), table().schema());
        assertThatThrownBy(() -> model.transform(holed).collectAsList()).hasStackTraceContaining("A feature is null:");
        Dataset<Row> gapped = LocalSpark.session()
                .createDataFrame(List.of(RowFactory.create(1L, new Float[] {1f, null})), table().schema());
        assertThatThrownBy(() -> model.transform(gapped).collectAsList())
                .hasStackTraceContaining("A feature is null at position 1");
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static ProjectionEstimator estimator() {
        return new ProjectionEstimator().setDimensions(K).setBlockSize(16);
    }

    private static Dataset<Row> table() {
        StructType schema = new StructType()
                .add("index", DataTypes.LongType)
                .add("feature", DataTypes.createArrayType(DataTypes.FloatType));
        List<Row> rows = ROWS.stream()
                .map(feature -> RowFactory.create(feature.index(), feature.values()))
                .toList();
        return LocalSpark.session().createDataFrame(rows, schema);
    }

    private static List<Object> boxed(float[] values) {
        Object[] boxed = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return List.of(boxed);
    }
}
