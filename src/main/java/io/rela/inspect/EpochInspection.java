package io.rela.inspect;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import io.rela.cli.Checks;
import io.rela.home.DatasetHome;
import io.rela.home.Epochs;
import io.rela.home.ManifestRecord.Distillation;
import io.rela.home.ManifestRecord;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Checks what must hold of losses and subsets, all epochs in a few passes. Driver only, used once. */
final class EpochInspection {
    private static final String EPOCH = "epoch";
    private static final String TIMES = "times_selected";
    private static final StructType NUMBERS = new StructType()
            .add(Tables.INDEX, DataTypes.LongType)
            .add(Tables.LOSS, DataTypes.FloatType)
            .add(Tables.WEIGHT, DataTypes.FloatType);

    private final SparkSession session;
    private final DatasetHome home;
    private final Epochs epochs;
    private final PrintStream out;
    private final List<String> broken;

    /**
     * @param out takes what was found
     * @param broken takes what does not hold
     */
    EpochInspection(SparkSession session, DatasetHome home, Epochs epochs, PrintStream out, List<String> broken) {
        this.session = session;
        this.home = home;
        this.epochs = epochs;
        this.out = out;
        this.broken = broken;
    }

    static void print(Distillation done, PrintStream out) {
        out.println("  epoch        " + done.epoch());
        if (done.losses() != null) {
            out.println(String.format(
                    Locale.ROOT,
                    "  losses       of epoch %d: mean %.6f, from %s to %s, %,d samples have none",
                    done.losses().epoch(),
                    done.losses().mean(),
                    done.losses().smallest(),
                    done.losses().largest(),
                    done.losses().missing()));
        }
        if (done.transfer() != null) {
            out.println(String.format(
                    Locale.ROOT,
                    "  transfer     R2 %.4f, mean cosine %.4f on %,d held-out samples, fitted to %,d; %s",
                    done.transfer().r2(),
                    done.transfer().meanCosine(),
                    done.transfer().heldOut(),
                    done.transfer().samples(),
                    done.transfer().uri()));
        }
        if (done.subset() != null) {
            out.println(String.format(
                    Locale.ROOT,
                    "  subset       %s: %,d rows in %d files, weights sum to %.1f%s",
                    done.subset().policy(),
                    done.subset().rows(),
                    done.subset().files(),
                    done.subset().weightSum(),
                    done.subset().meanLoss() == null
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    ", mean loss %.6f",
                                    done.subset().meanLoss())));
        }
    }

    void inspect() {
        inspect(Tables.LOSSES, epochs.losses(), Tables.LOSS, record -> record.counts()
                .converted());
        inspect(Tables.SUBSET, epochs.subsets(), Tables.WEIGHT, record -> record.counts()
                .selected());
    }

    /** How many rows a record says that there are. */
    private interface Rows {
        long of(ManifestRecord record);
    }

    private void inspect(TableSchema table, SortedMap<Integer, ManifestRecord> records, String value, Rows rows) {
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
            hold(false, table.name() + "/ cannot be read: " + Inspection.root(e));
        }
    }

    private void inspect(
            TableSchema table,
            List<Integer> there,
            SortedMap<Integer, ManifestRecord> records,
            String value,
            Rows rows) {
        Dataset<Row> targets = session.read()
                .parquet(home.table(Tables.TARGETS.name()).toString())
                .select(col(Tables.INDEX).as("known"));
        Map<Integer, Row> found = new TreeMap<>();
        for (Row row : read(table, there)
                .join(targets, col(Tables.INDEX).equalTo(col("known")), "left")
                .groupBy(EPOCH)
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
     * @param uri where to write the number of each sample; null for nowhere
     */
    Map<Long, Long> timesSelected(String uri) {
        List<Integer> there = there(Tables.SUBSET, epochs.subsets());
        Dataset<Row> samples = session.read()
                .parquet(home.table(Tables.TARGETS.name()).toString())
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
        if (uri != null) {
            times.sort(Tables.INDEX).write().option("compression", "zstd").parquet(uri);
        }
        Map<Long, Long> samplesByTimes = new TreeMap<>();
        if (!there.isEmpty()) {
            for (Row row : times.groupBy(TIMES).count().collectAsList()) {
                samplesByTimes.put(row.getLong(0), row.getLong(1));
            }
            out.println("times selected, in " + there.size() + " epochs: samples  " + samplesByTimes);
        }
        return samplesByTimes;
    }

    private List<Integer> there(TableSchema table, SortedMap<Integer, ManifestRecord> records) {
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
        String[] folders = some.stream()
                .map(epoch -> home.table(Tables.epoch(table, epoch)).toString())
                .toArray(String[]::new);
        return session.read()
                .option("basePath", home.table(table.name()).toString())
                .schema(NUMBERS.add(EPOCH, DataTypes.IntegerType))
                .parquet(folders);
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
