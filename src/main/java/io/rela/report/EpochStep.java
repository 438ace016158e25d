package io.rela.report;

import static org.apache.spark.sql.functions.asc;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.rela.home.DatasetHome;
import io.rela.home.EpochTables;
import io.rela.manifest.Manifest;
import io.rela.rank.Bins;
import io.rela.report.HomeFigures.Histograms;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * Passes over the narrow columns of a home: counts and the first few of an order, of which the driver gets a bounded number of
 * rows. What comes of it depends on the tables alone. Driver only.
 */
final class EpochStep {
    /** Classes that are counted; of more, the most common. */
    static final int MOST_CLASSES = 1_000;

    private static final String BIN = "bin";
    private static final int BINS = 48;

    private final SparkSession session;
    private final DatasetHome home;
    private final Manifest manifest;

    EpochStep(SparkSession session, DatasetHome home, Manifest manifest) {
        this.session = session;
        this.home = home;
        this.manifest = manifest;
    }

    /**
     * Histograms of a column, of all these epochs over the same bins, from its smallest value to its largest; without the epochs
     * whose values all lie in one bin, which a sentence tells better.
     *
     * @return empty where there are no values, or all are the same
     */
    Optional<Histograms> histograms(TableSchema table, String column, List<Integer> epochs) {
        if (epochs.isEmpty()) {
            return Optional.empty();
        }
        Dataset<Row> rows = read(table, epochs).where(col(column).isNotNull());
        Row range = rows.agg(min(column), max(column)).first();
        if (range.isNullAt(0) || range.getFloat(0) == range.getFloat(1)) {
            return Optional.empty();
        }
        Bins bins = new Bins(range.getFloat(0), range.getFloat(1), BINS);
        SortedMap<Integer, List<Long>> counts = new TreeMap<>();
        for (Row row : rows.groupBy(col(EpochTables.EPOCH), bin(bins, column).as(BIN))
                .count()
                .collectAsList()) {
            counts.computeIfAbsent(row.getInt(0), epoch -> new ArrayList<>(Collections.nCopies(BINS, 0L)))
                    .set(row.getInt(1), row.getLong(2));
        }
        counts.values().removeIf(bars -> bars.stream().filter(bar -> bar > 0).count() == 1);
        return Optional.of(new Histograms(bins, counts))
                .filter(some -> !some.counts().isEmpty());
    }

    private static Column bin(Bins bins, String column) {
        return udf((UDF1<Float, Integer>) bins::of, DataTypes.IntegerType).apply(col(column));
    }

    /** Samples by label, of the whole set and of the subsets of these epochs; empty where none has a label. */
    Optional<ClassCounts> classes(List<Integer> epochs) {
        Dataset<Row> labels = targets()
                .select(Tables.INDEX, Tables.LABEL)
                .where(col(Tables.LABEL).isNotNull());
        Row all = labels.agg(count(lit(1)), countDistinct(Tables.LABEL)).first();
        if (all.getLong(0) == 0) {
            return Optional.empty();
        }
        SortedMap<Integer, Long> whole = new TreeMap<>();
        labels.groupBy(Tables.LABEL)
                .count()
                .orderBy(desc("count"), asc(Tables.LABEL))
                .limit(MOST_CLASSES)
                .collectAsList()
                .forEach(row -> whole.put(row.getInt(0), row.getLong(1)));
        SortedMap<Integer, Map<Integer, Long>> subsets = new TreeMap<>();
        Map<Integer, Long> labeledRows = new TreeMap<>();
        epochs.forEach(epoch -> subsets.put(epoch, new TreeMap<>()));
        epochs.forEach(epoch -> labeledRows.put(epoch, 0L));
        if (!epochs.isEmpty()) {
            // The classes that are not counted are one, which has no label.
            Column counted = when(col(Tables.LABEL).isInCollection(whole.keySet()), col(Tables.LABEL));
            Dataset<Row> known = labels.select(col(Tables.INDEX).as("known"), counted.as(Tables.LABEL));
            read(Tables.SUBSET, epochs)
                    .select(Tables.INDEX, EpochTables.EPOCH)
                    .join(known, col(Tables.INDEX).equalTo(col("known")))
                    .groupBy(EpochTables.EPOCH, Tables.LABEL)
                    .count()
                    .collectAsList()
                    .forEach(row -> {
                        labeledRows.merge(row.getInt(0), row.getLong(2), Long::sum);
                        if (!row.isNullAt(1)) {
                            subsets.get(row.getInt(0)).put(row.getInt(1), row.getLong(2));
                        }
                    });
        }
        return Optional.of(new ClassCounts(all.getLong(0), all.getLong(1), whole, subsets, labeledRows));
    }

    /** The samples with the largest losses of an epoch, or with the smallest, by loss, then by index. */
    List<Long> byLoss(int epoch, boolean largest, int most) {
        return first(read(Tables.LOSSES, List.of(epoch)), largest ? desc(Tables.LOSS) : asc(Tables.LOSS), most);
    }

    /** Some samples of an epoch's subset, by chance, but always the same. */
    List<Long> kept(int epoch, int most) {
        return first(read(Tables.SUBSET, List.of(epoch)), chance(epoch), most);
    }

    /** Some samples that are not in an epoch's subset, by the same chance. */
    List<Long> dropped(int epoch, int most) {
        Dataset<Row> kept =
                read(Tables.SUBSET, List.of(epoch)).select(col(Tables.INDEX).as("kept"));
        return first(
                targets().select(Tables.INDEX).join(kept, col(Tables.INDEX).equalTo(col("kept")), "left_anti"),
                chance(epoch),
                most);
    }

    /** Some samples of the whole set, by the same chance. */
    List<Long> some(int most) {
        return first(targets(), chance(0), most);
    }

    /** Some rows of the rejects, by the same chance. */
    List<Row> rejects(int most) {
        return session.read()
                .schema(Tables.REJECTS.spark())
                .parquet(home.paths(manifest, Tables.REJECTS.name()))
                .orderBy(chance(0), asc(Tables.INDEX))
                .limit(most)
                .collectAsList();
    }

    private static List<Long> first(Dataset<Row> rows, Column order, int most) {
        return rows.orderBy(order, asc(Tables.INDEX)).limit(most).select(Tables.INDEX).collectAsList().stream()
                .map(row -> row.getLong(0))
                .toList();
    }

    private static Column chance(long number) {
        return xxhash64(lit(0L), lit("report"), lit(number), col(Tables.INDEX));
    }

    private Dataset<Row> targets() {
        return session.read().schema(Tables.TARGETS.spark()).parquet(home.paths(manifest, Tables.TARGETS.name()));
    }

    private Dataset<Row> read(TableSchema table, List<Integer> epochs) {
        return EpochTables.read(session, home, manifest, table, epochs);
    }
}
