package io.rela.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.moments.Moments;
import io.rela.table.TablePlace;
import io.rela.testing.LocalSpark;
import io.rela.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProjectionTableTest {
    private static final SparkSession SPARK = LocalSpark.session();

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(value = ProjectionKind.class, names = "CONSENSUS", mode = EnumSource.Mode.EXCLUDE)
    void roundTripKeepsEveryBit(ProjectionKind kind) {
        Projection projection = fit(kind);
        String path = folder.resolve("projection").toString();

        ProjectionTable.write(projection, new TablePlace(path), SPARK);

        assertThat(ProjectionTable.read(path, SPARK)).isEqualTo(projection).hasSameHashCodeAs(projection);
        assertThatThrownBy(() -> ProjectionTable.write(projection, new TablePlace(path), SPARK))
                .hasMessageContaining("already exists");
    }

    @Test
    void oneZstdFileWithRequiredElements() throws IOException {
        Path path = folder.resolve("projection");
        ProjectionTable.write(fit(ProjectionKind.PCA), new TablePlace(path.toString()), SPARK);

        List<Path> files;
        try (Stream<Path> listed = Files.list(path)) {
            files = listed.filter(file -> file.toString().endsWith(".parquet")).toList();
        }
        assertThat(files).hasSize(1);
        HadoopInputFile input = HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(files.get(0).toUri()), new Configuration());
        try (ParquetFileReader reader = ParquetFileReader.open(input)) {
            MessageType schema = reader.getFileMetaData().getSchema();
            assertThat(schema.getType("components", "list", "element").getRepetition())
                    .isEqualTo(Repetition.REQUIRED);
            assertThat(reader.getFooter().getBlocks().get(0).getColumns())
                    .allMatch(column -> column.getCodec() == CompressionCodecName.ZSTD);
        }
    }

    @Test
    void damageIsNamed() {
        String path = folder.resolve("projection").toString();
        ProjectionTable.write(fit(ProjectionKind.PCA), new TablePlace(path), SPARK);
        Dataset<Row> table = SPARK.read().parquet(path);

        assertDamaged(table.drop("scale"), "no column scale");
        assertDamaged(table.limit(0), "no row");
        assertDamaged(table.union(table), "several rows");
        assertDamaged(table.withColumn("mean", functions.array(functions.lit(1f))), "mean 1, components 15");
        assertDamaged(table.withColumn("input_dimension", functions.lit(9)), "says 9 to 3");
        assertDamaged(table.withColumn("kind", functions.lit("umap")), "no projection \"umap\"");
    }

    private void assertDamaged(Dataset<Row> table, String message) {
        String path = folder.resolve("damaged-" + message.hashCode()).toString();
        table.write().parquet(path);
        assertThatThrownBy(() -> ProjectionTable.read(path, SPARK))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is damaged")
                .hasMessageContaining(message);
    }

    private static Projection fit(ProjectionKind kind) {
        return Projections.fit(
                new Axes(kind, new Dimensions.Count(3), AxisScale.none(), -7),
                Moments.ofBlock(Samples.rows(30, 5, 1), 30, 5));
    }
}
