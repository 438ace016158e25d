package io.rela.linear;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.SingleRowTable;
import io.rela.table.TablePlace;
import io.rela.table.Tables;
import java.io.UncheckedIOException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A fitted linear map as a plain Parquet directory of one row in one file. Driver only. */
public final class LinearMapTable {
    private LinearMapTable() {}

    /**
     * Writes one zstd-compressed file of {@link Tables#TRANSFERS} into a new directory. Weights have output_dimension ×
     * input_dimension values, row-major, bias output_dimension; held_out_samples is 0 where r2, explained_variance and
     * mean_cosine are those of the training samples.
     *
     * @param place of the directory
     * @throws UncheckedIOException if there is something at the place already, or it cannot be written
     */
    public static void write(FittedMap fitted, TablePlace place, SparkSession spark) {
        LinearMap map = fitted.map();
        Agreement agreement = fitted.agreement();
        Object[] row = {
            map.inputDimension(),
            map.outputDimension(),
            map.weights(),
            map.bias(),
            fitted.ridge(),
            fitted.trainingSamples(),
            fitted.heldOutSamples(),
            agreement.r2(),
            agreement.explainedVariance(),
            agreement.meanCosine(),
            fitted.seed()
        };
        SingleRowTable.write(Tables.TRANSFERS, row, place, spark);
    }

    /**
     * Reads what {@link #write} wrote, bit for bit.
     *
     * @param path any URI that Hadoop knows
     * @throws RelaException with {@link ExitCode#INPUT} if there is nothing, something else, or a damaged table; the message
     *     names the path and the repair
     */
    public static FittedMap read(String path, SparkSession spark) {
        try {
            return fitted(SingleRowTable.read(path, Tables.TRANSFERS.spark(), spark));
        } catch (Exception e) {
            // Spark's AnalysisException is checked and not declared.
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new RelaException(
                    ExitCode.INPUT,
                    "There is no linear map to be read at " + path + " (" + why
                            + "). Name a table of a fitted map, or restore it.",
                    e);
        }
    }

    private static FittedMap fitted(Row row) {
        LinearMap map = new LinearMap(SingleRowTable.floats(row, "weights"), SingleRowTable.floats(row, "bias"));
        int inputs = row.<Integer>getAs("input_dimension");
        int outputs = row.<Integer>getAs("output_dimension");
        if (inputs != map.inputDimension() || outputs != map.outputDimension()) {
            throw new IllegalArgumentException("it says " + inputs + " to " + outputs + " values, its arrays say "
                    + map.inputDimension() + " to " + map.outputDimension());
        }
        long training = row.<Long>getAs("training_samples");
        long heldOut = row.<Long>getAs("held_out_samples");
        Agreement agreement = new Agreement(
                heldOut == 0 ? training : heldOut,
                row.<Double>getAs("r2"),
                row.<Double>getAs("explained_variance"),
                row.<Double>getAs("mean_cosine"));
        return new FittedMap(map, agreement, training, heldOut, row.<Double>getAs("ridge"), row.<Long>getAs("seed"));
    }
}
