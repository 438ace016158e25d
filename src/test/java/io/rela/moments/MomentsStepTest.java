package io.rela.moments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.testing.LocalSpark;
import io.rela.testing.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("spark4")
class MomentsStepTest {
    private static final int D = 6;
    private static final int BLOCK = 8;
    private static final StructType SCHEMA = new StructType()
            .add("index", DataTypes.LongType)
            .add("feature", DataTypes.createArrayType(DataTypes.FloatType));

    private static final List<IndexedFeature> ROWS = Samples.indexed(Samples.holes(500, 0.5, 9), D, 9);
    private static final Moments WANTED =
            MomentForest.accumulate(ROWS.iterator(), BLOCK).root().orElseThrow();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void bitsIgnorePartitionCountOfPlacedRows(int partitions) {
        assertThat(MomentsStep.of(placed(ROWS, partitions), BLOCK)).isEqualTo(WANTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void bitsIgnorePartitionCountOfAnyTable(int partitions) {
        List<Row> shuffled = new ArrayList<>(rows(ROWS));
        Collections.shuffle(shuffled, new Random(partitions));
        SparkSession spark = LocalSpark.session().newSession();
        spark.conf().set("spark.sql.shuffle.partitions", 2 * partitions + 1);

        Dataset<Row> table = spark.createDataFrame(shuffled, SCHEMA).repartition(partitions);

        assertThat(MomentsStep.of(table, "index", "feature", BLOCK)).isEqualTo(WANTED);
    }

    @Test
    void rangeThatStartsAndEndsFarOutWorks() {
        List<Row> rows = List.of(row(1L << 40, 1f), row((1L << 41) + 5, 2f), row((1L << 55) + 3, 4f));

        assertThat(moments(rows).count()).isEqualTo(3);
    }

    @Test
    void brokenTablesAreNamed() {
        assertRefused("the table is empty", List.of());
        assertRefused("Index 3 came twice", List.of(row(3L, 1f), row(3L, 2f)));
        assertRefused("Column index is null in 1 of 2 rows", List.of(row(3L, 1f), row(null, 2f)));
        assertRefused("Column index holds -4", List.of(row(-4L, 1f), row(3L, 2f)));
        assertRefused("The feature of index 4 is null.", List.of(row(3L, 1f), RowFactory.create(4L, null)));
        assertRefused("index 4 is null at position 1", List.of(RowFactory.create(4L, new Float[] {1f, null})));
        assertRefused("index 4 has 2 values, the others have 1", List.of(row(3L, 1f), row(4L, 1f, 2f)));
        assertRefused("Features of 1 and of 2 values", List.of(row(3L, 1f), row(999L, 1f, 2f)));
        assertRefused("index 5 holds NaN at position 0", List.of(row(5L, Float.NaN)));
    }

    @Test
    void columnsAreChecked() {
        Dataset<Row> table = LocalSpark.session().createDataFrame(List.of(row(1L, 1f)), SCHEMA);
        assertThatThrownBy(() -> MomentsStep.of(table, "id", "feature", BLOCK))
                .hasMessage("There is no column id, only index, feature.");
        assertThatThrownBy(() -> MomentsStep.of(table, "feature", "index", BLOCK))
                .hasMessage("Column feature is of type array<float>: give long.");
        assertThatThrownBy(() -> MomentsStep.of(table, "index", "feature", 0)).hasMessageContaining("block size is 0");
    }

    @Test
    void placedRowsAreChecked() {
        JavaSparkContext context = new JavaSparkContext(LocalSpark.session().sparkContext());
        assertThatThrownBy(() -> MomentsStep.of(context.parallelize(ROWS, 3), BLOCK))
                .hasStackTraceContaining("came twice");
        assertThatThrownBy(() -> MomentsStep.of(context.emptyRDD(), BLOCK)).hasMessageContaining("table is empty");
    }

    private static void assertRefused(String message, List<Row> rows) {
        assertThatThrownBy(() -> moments(rows)).hasStackTraceContaining(message);
    }

    private static Moments moments(List<Row> rows) {
        return MomentsStep.of(LocalSpark.session().createDataFrame(rows, SCHEMA), "index", "feature", BLOCK);
    }

    private static JavaRDD<IndexedFeature> placed(List<IndexedFeature> rows, int partitions) {
        List<List<IndexedFeature>> parts = new ArrayList<>();
        int each = 63 / partitions + 1;
        for (int part = 0; part < partitions; part++) {
            int own = part;
            parts.add(new ArrayList<>(rows.stream()
                    .filter(row -> row.index() / BLOCK / each == own)
                    .toList()));
        }
        JavaSparkContext context = new JavaSparkContext(LocalSpark.session().sparkContext());
        return context.parallelize(parts, partitions).flatMap(List::iterator);
    }

    private static List<Row> rows(List<IndexedFeature> features) {
        return features.stream()
                .map(feature -> RowFactory.create(feature.index(), feature.values()))
                .toList();
    }

    private static Row row(Long index, float... values) {
        return RowFactory.create(index, values);
    }
}
