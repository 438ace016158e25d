package io.rela.home;

import io.rela.manifest.Manifest;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Reads the numbers of a home's losses and subsets, several epochs as one table. Driver only. */
public final class EpochTables {
    /** The column that says of which epoch a row is. */
    public static final String EPOCH = "epoch";

    private static final StructType NUMBERS = new StructType()
            .add(Tables.INDEX, DataTypes.LongType)
            .add(Tables.LOSS, DataTypes.FloatType)
            .add(Tables.WEIGHT, DataTypes.FloatType)
            .add(EPOCH, DataTypes.IntegerType);

    private EpochTables() {}

    /**
     * The rows of these epochs: index, loss, weight, which is null in losses, and epoch.
     *
     * @param manifest of the home
     * @param table losses or subsets
     * @param epochs that are there, at least one
     */
    public static Dataset<Row> read(
            SparkSession session, DatasetHome home, Manifest manifest, TableSchema table, List<Integer> epochs) {
        String[] paths = epochs.stream()
                .flatMap(epoch -> Arrays.stream(home.paths(manifest, Tables.epoch(table, epoch))))
                .toArray(String[]::new);
        return session.read()
                .option("basePath", home.table(table.name()).toString())
                .schema(NUMBERS)
                .parquet(paths);
    }
}
