package io.rela.loss;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.nanvl;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.rank;
import static org.apache.spark.sql.functions.when;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.rank.KnownLosses;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TablePlace;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Losses that a training run logged: Parquet or CSV with {@code index} or {@code id}, {@code loss}, and where a sample may
 * occur several times a column that says which is the newest. Narrow rows, shuffled freely. Driver only.
 */
public final class LoggedLosses {
    /** Columns that tell older from newer, where the user names none. */
    private static final List<String> TIMES = List.of("step", "iteration", "timestamp", "time", "epoch");

    private static final String TIME = "rela_time";
    private static final String[] BY_INDEX = {Tables.INDEX};

    /** Below it float32 tells neighbouring whole numbers apart. */
    private static final long FLOATS_ARE_WHOLE = 1L << 24;

    private LoggedLosses() {}

    /**
     * A log, as an option names it.
     *
     * @param option for messages, such as {@code --losses}
     * @param uri of the files
     * @param csv whether they are CSV with a header; else Parquet
     * @param timeColumn numbers or times; when empty the first of step, iteration, timestamp, time and epoch that there is
     */
    public record Log(String option, String uri, boolean csv, Optional<String> timeColumn) {
        @Override
        public String toString() {
            return option + " " + uri;
        }
    }

    /**
     * What became of the log's rows.
     *
     * @param logged rows of the log
     * @param unknown rows of samples that the home does not have
     * @param superseded rows that a newer one of the same sample replaced
     * @param notFinite samples whose newest loss is no finite number
     * @param notFiniteAlone those of them that have no earlier one either
     * @param earlier samples that keep an earlier loss
     * @param losses of the samples that have one now
     */
    public record Imported(
            long logged,
            long unknown,
            long superseded,
            long notFinite,
            long notFiniteAlone,
            long earlier,
            KnownLosses losses) {
        /** Number of samples whose loss is one of the log. */
        public long fromLog() {
            return losses.number() - earlier;
        }
    }

    /** What one task wrote. */
    private record Written(String file, KnownLosses losses) implements Serializable {}

    /**
     * Writes the newest loss of each sample.
     *
     * @param targets the home's table of targets
     * @param earlier table of {@link Tables#LOSSES} of samples of the home, which those keep that the log has no finite loss
     *     of; empty for none
     * @param folder of the table of losses; replaced
     * @throws RelaException when the log cannot be read, lacks a column, or does not say which of two losses is newer
     */
    public static Imported run(
            SparkSession session, Log log, Dataset<Row> targets, Optional<RangedFiles> earlier, TableFolder folder) {
        session.sparkContext().setJobDescription("import losses");
        Dataset<Row> matched = matched(read(session, log), log, targets).persist();
        Dataset<Row> newest = newest(matched).persist();
        try {
            Row rows = counts(log, matched);
            refuseTwice(log, newest);
            long samples = newest.count();
            Dataset<Row> finite = newest.where(isFinite());
            Optional<Dataset<Row>> kept =
                    earlier.map(files -> table(session, files).join(finite, BY_INDEX, "left_anti"));
            Dataset<Row> without = newest.where(not(isFinite()));
            long alone = earlier.map(files -> without.join(table(session, files), BY_INDEX, "left_anti"))
                    .orElse(without)
                    .count();
            long found = finite.count();
            KnownLosses losses =
                    write(kept.map(finite::unionByName).orElse(finite).sort(Tables.INDEX), session, folder);
            return new Imported(
                    rows.getLong(0),
                    rows.getLong(0) - rows.getLong(1),
                    rows.getLong(1) - samples,
                    samples - found,
                    alone,
                    losses.number() - found,
                    losses);
        } finally {
            newest.unpersist();
            matched.unpersist();
        }
    }

    /** The log's rows, each beside the sample that it is of, if that is one of the home. */
    private static Dataset<Row> matched(Dataset<Row> logged, Log log, Dataset<Row> targets) {
        List<String> columns = Arrays.asList(logged.columns());
        boolean byIndex = columns.contains(Tables.INDEX);
        Column time = log.timeColumn()
                .or(() -> TIMES.stream().filter(columns::contains).findFirst())
                .map(name -> time(logged.schema().apply(name)))
                .orElse(lit(0));
        Dataset<Row> known = targets.select(
                col(Tables.INDEX).as("known"),
                col(byIndex ? Tables.INDEX : Tables.ID).as("their_key"));
        Column key = byIndex
                ? index(logged.schema().apply(Tables.INDEX))
                : col(Tables.ID).cast("string");
        return logged.select(
                        key.as("log_key"),
                        expr("try_cast(" + Tables.LOSS + " as float)").as(Tables.LOSS),
                        time.as(TIME))
                .join(known, col("log_key").equalTo(col("their_key")), "left");
    }

    /** The newest of each sample; several where none of them is newer. */
    private static Dataset<Row> newest(Dataset<Row> matched) {
        return matched.where(col("known").isNotNull())
                .withColumn(
                        "place",
                        rank().over(Window.partitionBy("known")
                                .orderBy(col(TIME).desc_nulls_last())))
                .where(col("place").equalTo(1))
                .select(col("known").as(Tables.INDEX), col(Tables.LOSS));
    }

    /**
     * Looks at a log's columns.
     *
     * @throws RelaException when it cannot be read, or they are not those of a log
     */
    public static void look(SparkSession session, Log log) {
        Dataset<Row> unused = read(session, log);
    }

    private static Dataset<Row> table(SparkSession session, RangedFiles files) {
        return session.read().schema(Tables.LOSSES.spark()).parquet(files.paths());
    }

    private static Dataset<Row> read(SparkSession session, Log log) {
        Dataset<Row> logged = opened(session, log);
        requireColumns(log, Arrays.asList(logged.columns()));
        requireNumbers(log, logged.schema());
        return logged;
    }

    private static Dataset<Row> opened(SparkSession session, Log log) {
        try {
            return log.csv()
                    ? session.read()
                            .option("header", true)
                            // Else the first file's header would be taken to be that of all.
                            .option("enforceSchema", false)
                            .csv(log.uri())
                    : session.read().parquet(log.uri());
        } catch (Exception e) {
            // Spark's AnalysisException is checked and not declared.
            throw unreadable(log, "as " + (log.csv() ? "CSV" : "Parquet"), e);
        }
    }

    private static RelaException unreadable(Log log, String how, Throwable failure) {
        return new RelaException(
                ExitCode.INPUT,
                log + " cannot be read " + how + " ("
                        + String.valueOf(failure.getMessage())
                                .lines()
                                .findFirst()
                                .orElse("")
                        + "). Name a table of index or id, and loss.",
                failure);
    }

    /** All rows, and those of known samples. This reads the log. */
    private static Row counts(Log log, Dataset<Row> matched) {
        try {
            return matched.agg(count(lit(1)), count(col("known"))).first();
        } catch (Exception e) {
            // Spark's SparkException is checked and not declared; its root says what is wrong.
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw unreadable(log, "to its end", root);
        }
    }

    /** An index that is not whole, or may have lost digits in a float, is nobody's. */
    private static Column index(StructField field) {
        DataType type = field.dataType();
        if (type.equals(DataTypes.LongType) || type.equals(DataTypes.IntegerType)) {
            return col(Tables.INDEX).cast("bigint");
        }
        Column number = expr("try_cast(" + Tables.INDEX + " as decimal(38, 6))");
        long bound = type.equals(DataTypes.FloatType) ? FLOATS_ARE_WHOLE : Long.MAX_VALUE;
        Column whole = expr("try_cast(try_cast(" + Tables.INDEX + " as decimal(38, 6)) as bigint)");
        return when(number.equalTo(floor(number)).and(number.lt(bound)), whole);
    }

    /** Text is read as a number or a timestamp, since "10" comes before "9"; what is neither is older than all else. */
    private static Column time(StructField field) {
        String name = "`" + field.name().replace("`", "``") + "`";
        DataType type = field.dataType();
        if (type.equals(DataTypes.StringType)) {
            Column text =
                    expr("coalesce(try_cast(" + name + " as double), double(try_cast(" + name + " as timestamp)))");
            return nanvl(text, lit(null));
        }
        return type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType)
                ? nanvl(col(name), lit(null))
                : col(name);
    }

    private static void requireColumns(Log log, List<String> columns) {
        List<String> lacking = new ArrayList<>();
        if (!columns.contains(Tables.LOSS)) {
            lacking.add(Tables.LOSS);
        }
        if (!columns.contains(Tables.INDEX) && !columns.contains(Tables.ID)) {
            lacking.add("index or id");
        }
        log.timeColumn().filter(name -> !columns.contains(name)).ifPresent(lacking::add);
        if (!lacking.isEmpty()) {
            throw new RelaException(
                    ExitCode.INPUT,
                    log + " has the columns " + columns + ", and lacks " + String.join(", ", lacking)
                            + ". Name them so.");
        }
    }

    private static void requireNumbers(Log log, StructType schema) {
        for (String name : List.of(Tables.INDEX, Tables.LOSS)) {
            DataType type = Arrays.asList(schema.fieldNames()).contains(name)
                    ? schema.apply(name).dataType()
                    : DataTypes.NullType;
            if (!(type instanceof NumericType
                    || type.equals(DataTypes.StringType)
                    || type.equals(DataTypes.NullType))) {
                throw new RelaException(
                        ExitCode.INPUT,
                        log + " has a column " + name + " of type " + type.simpleString() + ". Write numbers into it.");
            }
        }
    }

    private static Column isFinite() {
        return expr("loss is not null and not isnan(loss) and abs(loss) != float('inf')");
    }

    private static void refuseTwice(Log log, Dataset<Row> newest) {
        List<Row> twice = newest.groupBy(Tables.INDEX)
                .count()
                .where(col("count").gt(1))
                .orderBy(Tables.INDEX)
                .takeAsList(1);
        if (!twice.isEmpty()) {
            throw new RelaException(
                    ExitCode.INPUT,
                    log + " holds " + twice.get(0).getLong(1) + " losses of sample "
                            + twice.get(0).getLong(0)
                            + " and does not say which is the newest. Log a column step, or name one with "
                            + Flag.timeOf(log.option()) + ".");
        }
    }

    /** Spark's sort leaves neighbouring ranges in its partitions: one file each. */
    private static KnownLosses write(Dataset<Row> sorted, SparkSession session, TableFolder folder) {
        TablePlace place = folder.empty().place();
        SerializableConfiguration hadoop =
                new SerializableConfiguration(session.sparkContext().hadoopConfiguration());
        List<Written> written = sorted.toJavaRDD()
                .mapPartitions(rows -> write(rows, place, hadoop).stream().iterator())
                .collect();
        folder.keepOnly(written.stream().map(Written::file).toList());
        KnownLosses losses = new KnownLosses();
        written.forEach(file -> losses.merge(file.losses()));
        return losses;
    }

    private static Optional<Written> write(Iterator<Row> rows, TablePlace place, SerializableConfiguration hadoop)
            throws java.io.IOException {
        if (!rows.hasNext()) {
            return Optional.empty();
        }
        Row row = rows.next();
        String name = String.format("part-%012d-%s.parquet", row.getLong(0), UUID.randomUUID());
        KnownLosses losses = new KnownLosses();
        try (TableWriter writer = place.writer(Tables.LOSSES, name, hadoop.value())) {
            writer.write(Tables.lossRow(row.getLong(0), row.getFloat(1)));
            losses.add(row.getFloat(1));
            while (rows.hasNext()) {
                row = rows.next();
                writer.write(Tables.lossRow(row.getLong(0), row.getFloat(1)));
                losses.add(row.getFloat(1));
            }
        }
        return Optional.of(new Written(name, losses));
    }
}
