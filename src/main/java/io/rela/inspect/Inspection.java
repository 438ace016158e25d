package io.rela.inspect;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.embed.WaveStore;
import io.rela.home.DatasetHome;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.Differences;
import io.rela.manifest.Manifest;
import io.rela.manifest.TableFile;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.Failures;
import io.rela.run.Figures;
import io.rela.table.TableFolder;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Looks at a dataset home and checks what must hold between its tables and its manifest. Driver only, used once. */
public final class Inspection {
    private final CommandRun run;
    private final InspectRequest asked;
    private final PrintStream out;
    private final DatasetHome home;
    private final List<String> broken = new ArrayList<>();

    private Inspection(InspectRequest asked, CommandRun run, PrintStream out) {
        this.run = run;
        this.asked = asked;
        this.out = out;
        this.home = DatasetHome.at(asked.home(), run.hadoop());
    }

    /**
     * What was found.
     *
     * @param manifest of the home
     * @param timesSelected number of samples by how often they were selected, over the subsets that are there
     */
    public record Found(Manifest manifest, Map<Long, Long> timesSelected) implements Figures {}

    /**
     * What was found, be it whole or not.
     *
     * @param manifest of the home
     * @param unfinished whether a conversion was begun here and has not ended
     * @param broken what does not hold, a sentence each
     * @param timesSelected as in {@link Found}; empty where something does not hold
     */
    public record Findings(Manifest manifest, boolean unfinished, List<String> broken, Map<Long, Long> timesSelected) {}

    /**
     * Prints what the home holds.
     *
     * @throws RelaException when it is no home, or something does not hold
     */
    public static CommandResult run(InspectRequest asked, CommandRun run) {
        Inspection inspection = new Inspection(asked, run, run.out());
        return inspection.result(inspection.look());
    }

    /**
     * Looks at a home and prints nothing.
     *
     * @param home its URI
     * @throws RelaException when it is no home
     */
    public static Findings look(String home, CommandRun run) {
        return new Inspection(
                        new InspectRequest(home, Optional.empty()),
                        run,
                        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .look();
    }

    private Findings look() {
        Manifest manifest = home.manifest();
        Optional<WaveStore.State<ConversionSettings>> unfinished = new WaveStore<>(
                        home.fileSystem(), home.staging(ConversionRecord.COMMAND), ConversionSettings.class)
                .state();
        if (manifest.records().isEmpty() && unfinished.isEmpty()) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " is no dataset home: it has no manifest.json. Make one with convert.");
        }
        unfinished.ifPresent(state -> out.println("An unfinished convert of "
                + state.source().count() + " pictures is kept here; the same command goes on from there."));
        hold(!home.isCutOff(), "a commit was cut off, which the next command that writes completes");
        RecordPrinter printer = new RecordPrinter(out);
        manifest.records().forEach(printer::print);
        run.timed("files", () -> files(manifest));
        Optional<ConversionRecord> converted = manifest.newest(ConversionRecord.class);
        converted.ifPresent(record -> run.timed("tables", () -> inspect(record, manifest)));
        Map<Long, Long> timesSelected = Map.of();
        if (converted.isPresent() && broken.isEmpty()) {
            EpochInspection epochs = new EpochInspection(run, out, home, manifest, broken);
            run.timed("epochs", epochs::inspect);
            if (broken.isEmpty()) {
                timesSelected = run.timed("times selected", () -> epochs.timesSelected(asked.timesSelected()));
            }
        }
        return new Findings(manifest, unfinished.isPresent(), List.copyOf(broken), timesSelected);
    }

    private CommandResult result(Findings findings) {
        if (!findings.broken().isEmpty()) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " is damaged: " + String.join("; ", findings.broken())
                            + ". Restore it, or convert again with " + Flag.IF_EXISTS + " overwrite.");
        }
        return CommandResult.done(
                        home.root() + ": every invariant holds.",
                        new Found(findings.manifest(), findings.timesSelected()))
                .about(home.root());
    }

    /** What the manifest lists has to be there, and nothing else. */
    private void files(Manifest manifest) {
        manifest.tables().forEach((table, listed) -> {
            Map<String, Long> expected = new TreeMap<>();
            listed.forEach(file -> expected.put(file.path(), file.bytes()));
            Map<String, Long> found = new TreeMap<>();
            try {
                for (FileStatus file : home.fileSystem().listStatus(home.table(table))) {
                    String name = file.getPath().getName();
                    if (file.isFile() && TableFolder.isPart(name)) {
                        found.put(table + "/" + name, file.getLen());
                    }
                }
            } catch (FileNotFoundException e) {
                hold(false, table + "/ is missing");
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (home.holdsUnlisted()) {
                found.keySet().retainAll(expected.keySet());
            }
            hold(
                    found.equals(expected),
                    table + "/ has other files than the manifest lists: " + Differences.between(expected, found));
        });
    }

    private void inspect(ConversionRecord record, Manifest manifest) {
        TableSchema targetSchema = record.keepsImages() ? Tables.TARGETS_WITH_IMAGES : Tables.TARGETS;
        Optional<Dataset<Row>> features = table(Tables.FEATURES, manifest);
        Optional<Dataset<Row>> targets = table(targetSchema, manifest);
        Optional<Dataset<Row>> rejects = table(Tables.REJECTS, manifest);
        if (features.isEmpty() || targets.isEmpty() || rejects.isEmpty()) {
            return;
        }
        arrays(
                features.get(),
                Tables.FEATURES.name(),
                Tables.FEATURE,
                record.prior().outputDimension(),
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

    private Optional<Dataset<Row>> table(TableSchema schema, Manifest manifest) {
        Path folder = home.table(schema.name());
        try {
            if (!home.fileSystem().exists(folder)) {
                hold(false, schema.name() + "/ is missing");
                return Optional.empty();
            }
            Dataset<Row> rows = run.session().read().parquet(home.paths(manifest, schema.name()));
            if (!rows.schema().equals(schema.spark())) {
                hold(false, schema.name() + "/ has the columns " + rows.schema().simpleString());
                return Optional.empty();
            }
            out.println(String.format(
                    Locale.ROOT,
                    "%-12s %,d rows, %,d files, %,d bytes",
                    schema.name() + "/",
                    rows.count(),
                    rows.inputFiles().length,
                    manifest.files(schema.name(), home.root()).stream()
                            .mapToLong(TableFile::bytes)
                            .sum()));
            return Optional.of(rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            // A damaged file surfaces as Spark's AnalysisException or SparkException, whose root says what is wrong.
            hold(false, schema.name() + "/ cannot be read: " + Failures.root(e));
            return Optional.empty();
        }
    }

    private void arrays(Dataset<Row> rows, String table, String column, int length, ConversionRecord record) {
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

    private void identities(Dataset<Row> targets, Dataset<Row> rejects, ConversionRecord record) {
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
