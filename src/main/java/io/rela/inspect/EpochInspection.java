package io.rela.inspect;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import io.rela.home.DatasetHome;
import io.rela.home.EpochTables;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.Epochs;
import io.rela.manifest.Manifest;
import io.rela.run.CommandRun;
import io.rela.run.Failures;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Checks what must hold of losses and subsets, all epochs in a few passes. Driver only, used once. */
final class EpochInspection {
    private static final String TIMES = "times_selected";

    private final CommandRun run;
    private final PrintStream out;
    private final DatasetHome home;
    private final Manifest manifest;
    private final Epochs epochs;
    private final List<String> broken;

    /**
     * @param out takes what is there
     * @param broken takes what does not hold
     */
    EpochInspection(CommandRun run, PrintStream out, DatasetHome home, Manifest manifest, List<String> broken) {
        this.run = run;
        this.out = out;
        this.home = home;
        this.manifest = manifest;
        this.epochs = new Epochs(manifest, home.root());
        this.broken = broken;
    }

    void inspect() {
        inspect(Tables.LOSSES, epochs.losses(), Tables.LOSS, record -> record.counts()
                .converted());
        inspect(Tables.SUBSET, epochs.subsets(), Tables.WEIGHT, record -> record.counts()
                .selected());
    }

    /** How many rows a record says that there are. */
    private interface Rows {
        long of(EpochRecord record);
    }

    private void inspect(TableSchema table, SortedMap<Integer, EpochRecord> records, String value, Rows rows) {
        List<Integer> there = there(table, records);
        for (int epoch : records.keySet()) {
            hold(there.contains(epoch), Tables.epoch(table, epoch) + " is missing");
        }
        if (there.isEmpty()) {
            return;
        }
        try {
            inspect(table, there, records, value, rows);
        } catch (Exception e) {
            // A damaged file surfaces as Spark's AnalysisException or SparkException, whose root says what is wrong.
            hold(false, table.name() + "/ cannot be read: " + Failures.root(e));
        }
    }

    private void inspect(
            TableSchema table, List<Integer> there, SortedMap<Integer, EpochRecord> records, String value, Rows rows) {
        Dataset<Row> targets = run.session()
                .read()
                .parquet(home.paths(manifest, Tables.TARGETS.name()))
                .select(col(Tables.INDEX).as("known"));
        Map<Integer, Row> found = new TreeMap<>();
        for (Row row : read(table, there)
                .join(targets, col(Tables.INDEX).equalTo(col("known")), "left")
                .groupBy(EpochTables.EPOCH)
                .agg(
                        count(lit(1)),
                        countDistinct(Tables.INDEX),
                        count("known"),
                        expr("count_if(" + value + " is null or isnan(" + value + ") or abs(" + value
                                + ") = float('inf'))"))
                .collectAsList()) {
            found.put(row.getInt(0), row);
        }
        for (int epoch : there) {
            String name = Tables.epoch(table, epoch);
            long promised = rows.of(records.get(epoch));
            Row row = found.get(epoch);
            long counted = row == null ? 0 : row.getLong(1);
            hold(counted == promised, name + " has " + counted + " rows, the manifest says " + promised);
            if (row != null) {
                hold(row.getLong(2) == counted, name + " holds an index twice");
                hold(
                        row.getLong(3) == counted,
                        name + " holds " + (counted - row.getLong(3)) + " samples that targets does not have");
                hold(row.getLong(4) == 0, row.getLong(4) + " rows of " + name + " have no finite " + value);
            }
        }
        out.println(String.format(
                Locale.ROOT, "%-12s %d epochs, %s to %s", table.name() + "/", there.size(), there.get(0), last(there)));
    }

    /**
     * How many samples were selected how often, over the subsets that are there.
     *
     * @param uri where to write the number of each sample; empty for nowhere
     */
    Map<Long, Long> timesSelected(Optional<String> uri) {
        List<Integer> there = there(Tables.SUBSET, epochs.subsets());
        Dataset<Row> samples = run.session()
                .read()
                .parquet(home.paths(manifest, Tables.TARGETS.name()))
                .select(Tables.INDEX);
        Dataset<Row> times;
        if (there.isEmpty()) {
            times = samples.withColumn(TIMES, lit(0L));
        } else {
            Dataset<Row> selected = read(Tables.SUBSET, there)
                    .groupBy(col(Tables.INDEX).as("selected"))
                    .agg(count(lit(1)).as(TIMES));
            times = samples.join(selected, col(Tables.INDEX).equalTo(col("selected")), "left")
                    .select(col(Tables.INDEX), coalesce(col(TIMES), lit(0L)).as(TIMES));
        }
        uri.ifPresent(to ->
                times.sort(Tables.INDEX).write().option("compression", "zstd").parquet(to));
        Map<Long, Long> samplesByTimes = new TreeMap<>();
        if (!there.isEmpty()) {
            for (Row row : times.groupBy(TIMES).count().collectAsList()) {
                samplesByTimes.put(row.getLong(0), row.getLong(1));
            }
            out.println("times selected, in " + there.size() + " epochs: samples  " + samplesByTimes);
        }
        return samplesByTimes;
    }

    private List<Integer> there(TableSchema table, SortedMap<Integer, EpochRecord> records) {
        List<Integer> there = new ArrayList<>();
        for (int epoch : records.keySet()) {
            String name = Tables.epoch(table, epoch);
            if (home.missing(List.of(name)).isEmpty()) {
                there.add(epoch);
            }
        }
        return there;
    }

    private Dataset<Row> read(TableSchema table, List<Integer> some) {
        return EpochTables.read(run.session(), home, manifest, table, some);
    }

    private static int last(List<Integer> there) {
        return there.get(there.size() - 1);
    }

    private void hold(boolean holds, String otherwise) {
        if (!holds) {
            broken.add(otherwise);
        }
    }
}
