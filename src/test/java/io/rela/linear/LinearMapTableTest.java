package io.rela.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.TablePlace;
import io.rela.testing.LocalSpark;
import io.rela.testing.Pairs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearMapTableTest {
    private static final SparkSession SPARK = LocalSpark.session();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {0, 20})
    void roundTripKeepsEveryBit(long heldOut) {
        FittedMap fitted = fitted(heldOut);
        String uri = folder.resolve("map").toUri().toString();

        LinearMapTable.write(fitted, new TablePlace(uri), SPARK);

        assertThat(folder.resolve("map")).isDirectoryNotContaining("glob:**.crc");
        assertThat(LinearMapTable.read(uri, SPARK)).isEqualTo(fitted).hasSameHashCodeAs(fitted);
        assertThatThrownBy(() -> LinearMapTable.write(fitted, new TablePlace(uri), SPARK))
                .hasMessageContaining("already exists");
    }

    @Test
    void whatIsNoMapIsNamed() throws IOException {
        String path = folder.resolve("map").toString();
        LinearMapTable.write(fitted(20), new TablePlace(path), SPARK);
        Dataset<Row> table = SPARK.read().parquet(path);

        refused(table.drop("bias"), "no column bias");
        refused(table.limit(0), "no row");
        refused(table.union(table), "several rows");
        refused(
                table.withColumn("bias", functions.array(functions.lit(1f))),
                "it says 4 to 3 values, its arrays say 12");
        refused(table.withColumn("weights", functions.lit(null).cast("array<float>")), "null");
        refused(table.withColumn("ridge", functions.lit("a little")), "String cannot be cast");
        refused(table.withColumn("r2", functions.lit(2d)), "R² 2.0");
        refused(folder.resolve("nowhere"), "not exist");
        refused(Files.writeString(folder.resolve("text.parquet"), "no Parquet at all"), "it is not Parquet");
    }

    private void refused(Dataset<Row> table, String message) {
        Path path = folder.resolve("damaged-" + message.hashCode());
        table.write().parquet(path.toString());
        refused(path, message);
    }

    private static void refused(Path path, String message) {
        assertThatThrownBy(() -> LinearMapTable.read(path.toString(), SPARK))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(message)
                .hasMessageContaining("Name a table of a fitted map")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.INPUT);
    }

    private static FittedMap fitted(long heldOut) {
        LinearMap map = LinearMaps.fit(
                Pairs.moments(Pairs.linear(LongStream.range(0, 30).toArray(), 0.3, 1)), 4, 1e-3);
        return new FittedMap(
                map, new Agreement(heldOut == 0 ? 30 : heldOut, -0.25, 0.1, 1 / 3d), 30, heldOut, 1e-3, -7);
    }
}
