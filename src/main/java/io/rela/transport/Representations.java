package io.rela.transport;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.home.FinishedHome;
import io.rela.home.Representation;
import io.rela.run.Failures;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** One representation of samples, from a home or from any table of features. Driver only. */
final class Representations {
    /** The column by which samples are matched. */
    static final String KEY = "key";

    /** The values of a sample, array&lt;float&gt;. */
    static final String VALUES = "values";

    private final String what;
    private final ExitCode fault;
    private final String representation;
    private final Dataset<Row> rows;
    /** A home's index, id and length: its features carry but the index. */
    private final Optional<Dataset<Row>> ids;

    private Representations(
            String what, ExitCode fault, String representation, Dataset<Row> rows, Optional<Dataset<Row>> ids) {
        this.what = what;
        this.fault = fault;
        this.representation = representation;
        this.rows = rows;
        this.ids = ids;
    }

    /**
     * Those of a home.
     *
     * @throws RelaException when it is no home, unfinished or damaged
     */
    static Representations ofHome(SparkSession session, String option, String uri, Representation representation) {
        FinishedHome home =
                FinishedHome.open(option, uri, session.sparkContext().hadoopConfiguration());
        String what = home.name();
        Dataset<Row> targets = table(session, home, Tables.TARGETS);
        return representation == Representation.TARGETS
                ? new Representations(what, ExitCode.HOME, Tables.TARGET, targets, Optional.empty())
                : new Representations(
                        what,
                        ExitCode.HOME,
                        Tables.FEATURE,
                        table(session, home, Tables.FEATURES),
                        Optional.of(targets.select(Tables.INDEX, Tables.ID, Tables.LENGTH)));
    }

    /**
     * Those of any Parquet table with {@code feature} of floats or doubles and a key.
     *
     * @throws RelaException when it cannot be read or has no such columns
     */
    static Representations ofTable(SparkSession session, String option, String uri) {
        String what = option + " " + uri;
        Dataset<Row> table = read(session, what, ExitCode.INPUT, uri);
        Representations read = new Representations(what, ExitCode.INPUT, Tables.FEATURE, table, Optional.empty());
        boolean fits = read.isOfType(Tables.FEATURE, DataTypes.createArrayType(DataTypes.FloatType))
                || read.isOfType(Tables.FEATURE, DataTypes.createArrayType(DataTypes.DoubleType));
        if (!fits || !(read.hasId() || read.hasIndex())) {
            throw new RelaException(
                    ExitCode.INPUT,
                    what + " has the columns " + table.schema().simpleString()
                            + ". Give it feature array<float> or array<double>, and id string or index bigint.");
        }
        return read;
    }

    private static Dataset<Row> table(SparkSession session, FinishedHome home, TableSchema schema) {
        String what = home.name();
        Dataset<Row> rows = read(session, what, ExitCode.HOME, home.home().paths(home.manifest(), schema.name()));
        for (String column : schema.spark().fieldNames()) {
            if (!Arrays.asList(rows.columns()).contains(column)) {
                throw new RelaException(
                        ExitCode.HOME,
                        what + " is damaged: " + schema.name() + "/ has no column " + column
                                + ". Restore it, or convert again.");
            }
        }
        return rows;
    }

    private static Dataset<Row> read(SparkSession session, String what, ExitCode fault, String... paths) {
        try {
            return session.read().parquet(paths);
        } catch (Exception e) {
            // Spark's AnalysisException is checked and not declared.
            throw unreadable(what, fault, e);
        }
    }

    private static RelaException unreadable(String what, ExitCode fault, Exception cause) {
        return new RelaException(
                fault,
                what + " cannot be read (" + Failures.root(cause) + "). "
                        + (fault == ExitCode.HOME
                                ? "Inspect the home, and restore it or convert again."
                                : "Name Parquet."),
                cause);
    }

    boolean hasId() {
        return ids.isPresent() || isOfType(Tables.ID, DataTypes.StringType);
    }

    private boolean hasIndex() {
        return isOfType(Tables.INDEX, DataTypes.LongType);
    }

    private boolean isOfType(String column, DataType type) {
        if (!Arrays.asList(rows.columns()).contains(column)) {
            return false;
        }
        DataType found = rows.schema().apply(column).dataType();
        return type instanceof ArrayType array
                ? found instanceof ArrayType other && other.elementType().equals(array.elementType())
                : found.equals(type);
    }

    /**
     * The rows as {@link #KEY}, {@link #VALUES}, index where there is one, and for a home that is matched by id the lengths
     * of its pictures.
     *
     * @param by {@link Tables#ID} or {@link Tables#INDEX}
     */
    Dataset<Row> keyedBy(String by) {
        Dataset<Row> named = by.equals(Tables.ID) && ids.isPresent() ? rows.join(ids.get(), Tables.INDEX) : rows;
        Dataset<Row> keyed = named.withColumn(KEY, col(by))
                .withColumn(VALUES, col(representation).cast("array<float>"));
        List<Column> kept = new ArrayList<>(List.of(col(KEY), col(VALUES)));
        for (String column : new String[] {Tables.INDEX, Tables.LENGTH}) {
            if (Arrays.asList(keyed.columns()).contains(column)) {
                kept.add(col(column));
            }
        }
        return keyed.select(kept.toArray(Column[]::new));
    }

    /**
     * Counts rows and refuses what no map can be fitted to: an empty table, a key that is null or occurs twice, values of
     * different lengths, null or not finite.
     */
    long checked(Dataset<Row> keyed, String by) {
        Row found;
        try {
            found = keyed.agg(
                            count(lit(1)),
                            count(KEY),
                            countDistinct(KEY),
                            count(VALUES),
                            min(size(col(VALUES))),
                            max(size(col(VALUES))),
                            expr("count_if(exists(" + VALUES
                                    + ", x -> x is null or isnan(x) or abs(x) = float('inf')))"))
                    .first();
        } catch (Exception e) {
            throw unreadable(what, fault, e);
        }
        long all = found.getLong(0);
        require(all > 0, "has no row");
        require(found.getLong(1) == all, "has " + (all - found.getLong(1)) + " rows without " + by);
        require(
                found.getLong(2) == all,
                "holds " + by + " values twice: " + all + " rows, " + found.getLong(2) + " different ones");
        require(found.getLong(3) == all, "has " + (all - found.getLong(3)) + " rows without " + representation);
        require(
                found.getInt(4) == found.getInt(5) && found.getInt(4) > 0,
                "has rows of " + found.getInt(4) + " to " + found.getInt(5) + " values");
        require(found.getLong(6) == 0, "has " + found.getLong(6) + " rows that hold null, NaN or infinity");
        return all;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new RelaException(
                    fault,
                    what + " " + otherwise + ". "
                            + (fault == ExitCode.HOME
                                    ? "The home is damaged: restore it, or convert again."
                                    : "Give one row a sample, all of one length and finite."));
        }
    }
}
