package io.rela.projection;

import io.rela.ml.ProjectionModel;
import io.rela.table.SingleRowTable;
import io.rela.table.TablePlace;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.UncheckedIOException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A projection as a plain Parquet directory of one row in one file: the {@code projection/} of a dataset home and the
 * {@code data/} of a saved {@link ProjectionModel}. Driver only.
 */
public final class ProjectionTable {
    /**
     * The columns. Arrays: mean has input_dimension values, components output_dimension × input_dimension, row-major, one
     * axis a row, scale and explained_variance output_dimension. Of a consensus the last other_dimension of the
     * input_dimension values are those of the other prior.
     */
    public static final TableSchema SCHEMA = Tables.PROJECTION;

    private ProjectionTable() {}

    /**
     * Writes one zstd-compressed file into a new directory.
     *
     * @param place of the directory
     * @throws UncheckedIOException if there is something at the place already, or it cannot be written
     */
    public static void write(Projection projection, TablePlace place, SparkSession spark) {
        Object[] row = {
            projection.kind().label(),
            projection.samples(),
            projection.inputDimension(),
            projection.outputDimension(),
            projection.mean(),
            projection.components(),
            projection.scale(),
            projection.explainedVariance(),
            projection.totalVariance(),
            projection.zeroVariance(),
            projection.seed(),
            projection.otherDimension()
        };
        SingleRowTable.write(SCHEMA, row, place, spark);
    }

    /**
     * Reads what {@link #write} wrote, bit for bit.
     *
     * @throws IllegalStateException if the table is damaged: not one row, a column missing, or lengths that do not fit
     */
    public static Projection read(String path, SparkSession spark) {
        try {
            return projection(SingleRowTable.read(path, SCHEMA.spark(), spark));
        } catch (IllegalArgumentException | NullPointerException | ClassCastException e) {
            throw new IllegalStateException("The projection at " + path + " is damaged: " + e.getMessage(), e);
        }
    }

    private static Projection projection(Row row) {
        Projection projection = new Projection(
                new Projection.Fit(
                        ProjectionKind.of(row.getAs("kind")),
                        row.<Long>getAs("samples"),
                        row.<Long>getAs("seed"),
                        row.<Double>getAs("total_variance"),
                        row.<Integer>getAs("other_dimension")),
                SingleRowTable.floats(row, "mean"),
                SingleRowTable.floats(row, "components"),
                SingleRowTable.floats(row, "scale"),
                SingleRowTable.floats(row, "explained_variance"));
        int inputDimension = row.<Integer>getAs("input_dimension");
        int outputDimension = row.<Integer>getAs("output_dimension");
        if (inputDimension != projection.inputDimension() || outputDimension != projection.outputDimension()) {
            throw new IllegalArgumentException("It says " + inputDimension + " to " + outputDimension
                    + " values, its arrays say " + projection.inputDimension() + " to " + projection.outputDimension()
                    + ".");
        }
        return projection;
    }
}
