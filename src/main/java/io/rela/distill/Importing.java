package io.rela.distill;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.cli.EpochCommand;
import io.rela.home.DatasetHome;
import io.rela.home.Epochs;
import io.rela.home.HomeTables;
import io.rela.home.ManifestRecord.Counts;
import io.rela.loss.LoggedLosses.Imported;
import io.rela.loss.LoggedLosses;
import io.rela.run.Timings;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Losses that a training run logged. */
final class Importing implements Losses {
    private final SparkSession session;
    private final DatasetHome home;
    private final EpochCommand asked;
    private final Timings timings;
    private final Consumer<String> warn;
    private final List<FileStatus> files;

    Importing(SparkSession session, DatasetHome home, EpochCommand asked, Timings timings, Consumer<String> warn) {
        this.session = session;
        this.home = home;
        this.asked = asked;
        this.timings = timings;
        this.warn = warn;
        this.files = list(asked.logged().losses);
    }

    /** The files that Spark will read: in folders such as {@code epoch=3} too, but not hidden ones. */
    private List<FileStatus> list(String uri) {
        try {
            Path path = new Path(uri);
            FileSystem fs = path.getFileSystem(session.sparkContext().hadoopConfiguration());
            List<FileStatus> found = new ArrayList<>();
            Deque<FileStatus> left = new ArrayDeque<>(List.of(fs.getFileStatus(path)));
            while (!left.isEmpty()) {
                FileStatus next = left.remove();
                if (next.isFile()) {
                    found.add(next);
                } else {
                    left.addAll(List.of(fs.listStatus(
                            next.getPath(),
                            inside -> !inside.getName().startsWith(".")
                                    && !inside.getName().startsWith("_"))));
                }
            }
            return found;
        } catch (IOException e) {
            throw new RelaException(
                    ExitCode.INPUT,
                    "--losses " + uri + " cannot be listed (" + e.getMessage() + "). Make it readable.",
                    e);
        }
    }

    @Override
    public Map<String, String> identity() {
        Map<String, String> identity = new TreeMap<>();
        identity.put(Epochs.LOSSES, asked.logged().losses);
        if (asked.logged().time != null) {
            identity.put("losses-time", asked.logged().time);
        }
        long bytes = 0;
        long modified = 0;
        for (FileStatus file : files) {
            bytes += file.getLen();
            modified = Math.max(modified, file.getModificationTime());
        }
        identity.put("losses-bytes", Long.toString(bytes));
        identity.put("losses-modified", Long.toString(modified));
        return identity;
    }

    @Override
    public Made make(Path staged) {
        Dataset<Row> targets = session.read()
                .parquet(home.table(Tables.TARGETS.name()).toString())
                .select(Tables.INDEX, Tables.ID);
        String table = Tables.epoch(Tables.LOSSES, asked.epoch);
        Path folder = new Path(staged, table);
        Imported imported = timings.timed(
                "import",
                () -> LoggedLosses.run(
                        session,
                        asked.logged().losses,
                        isCsv(),
                        Optional.ofNullable(asked.logged().time),
                        targets,
                        new TableFolder(home.fileSystem(), folder)));
        if (imported.rows() == 0) {
            throw new RelaException(
                    ExitCode.INPUT,
                    "--losses " + asked.logged().losses + " holds no finite loss of a sample of this home ("
                            + imported.logged() + " rows, " + imported.unknown() + " of unknown samples, "
                            + imported.notFinite() + " not finite). Is it the log of this data set?");
        }
        long samples = HomeTables.files(home.fileSystem(), home.table(Tables.TARGETS.name()))
                .rows();
        Map<String, Long> byReason = new TreeMap<>();
        byReason.put("no-loss", samples - imported.rows() - imported.notFinite());
        byReason.put("not-finite-loss", imported.notFinite());
        byReason.values().removeIf(count -> count == 0);
        Map<String, String> settings = new TreeMap<>();
        settings.put("losses-logged", Long.toString(imported.logged()));
        settings.put("losses-unknown", Long.toString(imported.unknown()));
        settings.put("losses-superseded", Long.toString(imported.superseded()));
        if (imported.unknown() > 0 || !byReason.isEmpty()) {
            warn.accept(String.format(
                    Locale.ROOT,
                    "Of %,d logged losses %,d are of samples that the home does not have, %,d were superseded, %,d are"
                            + " not finite; %,d of %,d samples have a loss.",
                    imported.logged(),
                    imported.unknown(),
                    imported.superseded(),
                    imported.notFinite(),
                    imported.rows(),
                    samples));
        }
        return new Made(
                List.of(table),
                settings,
                new Counts(samples, imported.rows(), samples - imported.rows(), byReason, null),
                LossFigures.of(session, home, folder, asked.epoch, asked.partitions),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    /** By the name of the file, or of a file in the folder. */
    private boolean isCsv() {
        for (FileStatus file : files) {
            String name = file.getPath().getName().toLowerCase(Locale.ROOT);
            if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
                return true;
            }
        }
        return false;
    }
}
