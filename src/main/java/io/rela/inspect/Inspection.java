package io.rela.inspect;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.cli.Command;
import io.rela.embed.WaveStore;
import io.rela.home.DatasetHome;
import io.rela.home.Epochs;
import io.rela.home.ManifestRecord;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.ContentSummary;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Looks at a dataset home and checks what must hold between its tables and its manifest. Driver only, used once. */
public final class Inspection {
    private final SparkSession session;
    private final String uri;
    private final String timesSelected;
    private final PrintStream out;
    private final List<String> broken = new ArrayList<>();

    /**
     * @param timesSelected where to write how often each sample was selected; null for nowhere
     * @param out takes what was found
     */
    public Inspection(SparkSession session, String uri, String timesSelected, PrintStream out) {
        this.session = session;
        this.uri = uri;
        this.timesSelected = timesSelected;
        this.out = out;
    }

    public Command.Result run() {
        DatasetHome home = DatasetHome.at(uri, session.sparkContext().hadoopConfiguration());
        List<ManifestRecord> records = home.manifest();
        Optional<WaveStore.State> unfinished = new WaveStore(home.fileSystem(), home.staging("convert")).state();
        if (records.isEmpty() && unfinished.isEmpty()) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " is no dataset home: it has no manifest.json. Make one with convert.");
        }
        unfinished.ifPresent(state -> out.println("An unfinished convert of "
                + state.source().count() + " pictures is kept here; the same command goes on from there."));
        hold(!home.isCutOff(), "a commit was cut off, which the next command that writes completes");
        records.forEach(this::print);
        Optional<ManifestRecord> converted = home.newest("convert");
        converted.ifPresent(record -> inspect(home, record));
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("records", records);
        if (converted.isPresent() && broken.isEmpty()) {
            EpochInspection epochs = new EpochInspection(session, home, new Epochs(home), out, broken);
            epochs.inspect();
            if (broken.isEmpty()) {
                found.put("times_selected", epochs.timesSelected(timesSelected));
            }
        }
        found.put("broken", broken);
        if (!broken.isEmpty()) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " is damaged: " + String.join("; ", broken)
                            + ". Restore it, or convert again with --if-exists overwrite.");
        }
        return new Command.Result(home.root() + ": every invariant holds.", uri, found);
    }

    private void print(ManifestRecord record) {
        out.println(record.command() + "  " + record.start() + " to " + record.end());
        out.println("  settings     " + record.settings());
        if (record.model() != null) {
            out.println("  model        " + record.model().uri() + "  sha256 "
                    + record.model().sha256() + "  "
                    + record.model().inputSize() + "x" + record.model().inputSize() + " -> "
                    + record.model().outputDimension());
        }
        out.println("  source       " + record.source().count() + " pictures, "
                + record.source().bytes() + " bytes, ids " + record.source().idsSha256());
        out.println("  counts       listed " + record.counts().listed() + " = converted "
                + record.counts().converted() + " + rejected " + record.counts().rejected() + " "
                + record.counts().rejectedByReason());
        if (record.distillation() != null) {
            EpochInspection.print(record.distillation(), out);
        } else {
            print(record.projection());
        }
        out.println("  seconds      " + rounded(record.seconds()));
        out.println("  versions     " + record.versions() + "  devices " + record.devices());
        record.warnings().forEach(warning -> out.println("  warning      " + warning));
    }

    private void print(ManifestRecord.ProjectionInfo projection) {
        out.println(String.format(
                Locale.ROOT,
                "  projection   %s, %d dimensions, %.2f%% of the variance, %d without variance",
                projection.kind(),
                projection.dimensions(),
                100 * projection.explainedVariance(),
                projection.withoutVariance()));
    }

    private static Map<String, String> rounded(Map<String, Double> seconds) {
        Map<String, String> text = new TreeMap<>();
        seconds.forEach((part, value) -> text.put(part, String.format(Locale.ROOT, "%.1f", value)));
        return text;
    }

    private void inspect(DatasetHome home, ManifestRecord record) {
        TableSchema targetSchema = Boolean.parseBoolean(record.settings().get("keep-images"))
                ? Tables.TARGETS_WITH_IMAGES
                : Tables.TARGETS;
        Optional<Dataset<Row>> features = table(home, Tables.FEATURES);
        Optional<Dataset<Row>> targets = table(home, targetSchema);
        Optional<Dataset<Row>> rejects = table(home, Tables.REJECTS);
        check(home.fileSystem(), home.table("projection"));
        if (features.isEmpty() || targets.isEmpty() || rejects.isEmpty()) {
            return;
        }
        arrays(
                features.get(),
                Tables.FEATURES.name(),
                Tables.FEATURE,
                record.model().outputDimension(),
                record);
        arrays(
                targets.get(),
                targetSchema.name(),
                Tables.TARGET,
                record.projection().dimensions(),
                record);
        long strangers = features.get()
                .join(
                        targets.get(),
                        features.get().col(Tables.INDEX).equalTo(targets.get().col(Tables.INDEX)),
                        "left_anti")
                .count();
        hold(strangers == 0, strangers + " features have no target");
        identities(targets.get(), rejects.get(), record);
    }

    private void check(org.apache.hadoop.fs.FileSystem fs, Path folder) {
        try {
            hold(fs.exists(folder), folder.getName() + "/ is missing");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Dataset<Row>> table(DatasetHome home, TableSchema schema) {
        Path folder = home.table(schema.name());
        try {
            if (!home.fileSystem().exists(folder)) {
                hold(false, schema.name() + "/ is missing");
                return Optional.empty();
            }
            Dataset<Row> rows = session.read().parquet(folder.toString());
            if (!rows.schema().equals(schema.spark())) {
                hold(false, schema.name() + "/ has the columns " + rows.schema().simpleString());
                return Optional.empty();
            }
            ContentSummary size = home.fileSystem().getContentSummary(folder);
            out.println(String.format(
                    Locale.ROOT,
                    "%-12s %,d rows, %,d files, %,d bytes",
                    schema.name() + "/",
                    rows.count(),
                    rows.inputFiles().length,
                    size.getLength()));
            return Optional.of(rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            // A damaged file surfaces as Spark's AnalysisException or SparkException, whose root says what is wrong.
            hold(false, schema.name() + "/ cannot be read: " + root(e));
            return Optional.empty();
        }
    }

    /** The first line of the innermost cause: of Spark's wrapped failures the one that says what is wrong. */
    public static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }

    private void arrays(Dataset<Row> rows, String table, String column, int length, ManifestRecord record) {
        Row found = rows.agg(
                        count(Tables.INDEX),
                        countDistinct(Tables.INDEX),
                        min(Tables.INDEX),
                        max(Tables.INDEX),
                        min(size(col(column))),
                        max(size(col(column))),
                        expr("count_if(exists(" + column + ", x -> isnan(x) or abs(x) = float('inf')))"))
                .first();
        hold(
                found.getLong(0) == record.counts().converted(),
                table + " has " + found.getLong(0) + " rows, the manifest says "
                        + record.counts().converted());
        if (found.getLong(0) == 0) {
            return;
        }
        hold(found.getLong(1) == found.getLong(0), table + " holds an index twice");
        hold(
                found.getLong(2) >= 0 && found.getLong(3) < record.counts().listed(),
                table + " holds indices from " + found.getLong(2) + " to " + found.getLong(3) + ", beyond the "
                        + record.counts().listed() + " listed");
        hold(
                found.getInt(4) == length && found.getInt(5) == length,
                table + "." + column + " has " + found.getInt(4) + " to " + found.getInt(5) + " values, the manifest"
                        + " says " + length);
        hold(found.getLong(6) == 0, found.getLong(6) + " rows of " + table + " hold NaN or infinity");
    }

    private void identities(Dataset<Row> targets, Dataset<Row> rejects, ManifestRecord record) {
        Dataset<Row> ids = targets.select(Tables.ID).union(rejects.select(Tables.ID));
        Row found = ids.agg(count(Tables.ID), countDistinct(Tables.ID)).first();
        hold(
                found.getLong(0) == record.counts().listed(),
                "targets and rejects have " + found.getLong(0) + " rows together, "
                        + record.counts().listed() + " were listed");
        hold(found.getLong(1) == found.getLong(0), "an id occurs twice in targets and rejects");
        Map<String, Long> byReason = new TreeMap<>();
        for (Row row : rejects.groupBy(Tables.REASON).count().collectAsList()) {
            byReason.put(row.getString(0), row.getLong(1));
        }
        hold(
                byReason.equals(new TreeMap<>(record.counts().rejectedByReason())),
                "rejects by reason are " + byReason + ", the manifest says "
                        + record.counts().rejectedByReason());
    }

    private void hold(boolean holds, String otherwise) {
        if (!holds) {
            broken.add(otherwise);
        }
    }
}
