package io.rela.projection;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** A fitted thing as a plain Parquet directory of one row in one file. Driver only. */
public final class SingleRowTable {
    private SingleRowTable() {}

    /**
     * Writes one zstd-compressed file into a new directory.
     *
     * <p>Spark's {@code AnalysisException} comes, undeclared, if there is something at path already.
     */
    public static void write(Row row, StructType schema, String path, SparkSession spark) {
        spark.createDataFrame(List.of(row), schema)
                .coalesce(1)
                .write()
                .option("compression", "zstd")
                .parquet(path);
    }

    /**
     * Reads the one row. Spark's {@code AnalysisException} comes, undeclared, if there is no Parquet at path.
     *
     * @param schema the columns that have to be there, by name
     * @throws IllegalArgumentException if a column is missing, or there is not one row; the message says which
     */
    public static Row read(String path, StructType schema, SparkSession spark) {
        Dataset<Row> table = spark.read().parquet(path);
        List<String> present = List.of(table.columns());
        for (String column : schema.fieldNames()) {
            if (!present.contains(column)) {
                throw new IllegalArgumentException("no column " + column + ".");
            }
        }
        List<Row> rows = table.takeAsList(2);
        if (rows.size() != 1) {
            throw new IllegalArgumentException(
                    "it has " + (rows.isEmpty() ? "no row" : "several rows") + " instead of one.");
        }
        return rows.get(0);
    }

    /**
     * The values of an array column.
     *
     * @throws NullPointerException if the array or one of its values is null
     * @throws ClassCastException if it holds anything but floats
     */
    public static float[] floats(Row row, String column) {
        List<Float> boxed = row.getList(row.fieldIndex(column));
        float[] values = new float[boxed.size()];
        int at = 0;
        for (Float value : boxed) {
            values[at++] = value;
        }
        return values;
    }
}
