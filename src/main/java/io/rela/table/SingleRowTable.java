package io.rela.table;

import io.rela.storage.FileSystems;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
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
     * @param row of the schema's columns
     * @param place of the directory
     * @throws UncheckedIOException if there is something at the place already, or it cannot be written
     */
    public static void write(TableSchema schema, Object[] row, TablePlace place, SparkSession spark) {
        Configuration conf = spark.sparkContext().hadoopConfiguration();
        Path folder = new Path(place.folder());
        try {
            FileSystem fs = FileSystems.of(folder, conf);
            if (fs.exists(folder)) {
                throw new FileAlreadyExistsException(folder + " already exists");
            }
            String name = "part-" + UUID.randomUUID() + ".parquet";
            try (TableWriter writer = place.writer(schema, name, conf)) {
                writer.write(row);
            }
            // A local file's checksum would outlive a change of the file.
            new TableFolder(fs, folder).keepOnly(List.of(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads the one row. Spark's {@code AnalysisException} comes, undeclared, if there is no file at path.
     *
     * @param schema the columns that have to be there, by name
     * @throws IllegalArgumentException if it does not exist or is not Parquet, no such column, or not one row; the
     *     message says which
     */
    public static Row read(String path, StructType schema, SparkSession spark) {
        requireParquet(new Path(path), spark.sparkContext().hadoopConfiguration());
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

    /** Spark looks at files in a job, whose failure fills the log. */
    private static void requireParquet(Path path, Configuration conf) {
        try {
            for (FileStatus file : path.getFileSystem(conf).listStatus(path)) {
                String name = file.getPath().getName();
                if (file.isFile() && !name.startsWith("_") && !name.startsWith(".")) {
                    ParquetFileReader.open(HadoopInputFile.fromStatus(file, conf))
                            .close();
                }
            }
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("it does not exist.", e);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("it is not Parquet.", e);
        }
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
