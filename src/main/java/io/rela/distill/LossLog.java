package io.rela.distill;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.home.DatasetHome;
import io.rela.loss.LoggedLosses.Imported;
import io.rela.loss.LoggedLosses;
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
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Losses that somebody else logged, as an option names them. Driver only. */
final class LossLog {
    private final SparkSession session;
    private final DatasetHome home;
    private final String setting;
    private final String uri;
    private final Optional<String> time;
    private final List<FileStatus> files;

    /**
     * Lists the files.
     *
     * @param setting the option that names them, without dashes; those with more to say on them begin with it
     * @param uri of a file or a folder
     * @param timeOrNull their column that tells newer from older
     * @throws RelaException when they cannot be listed
     */
    LossLog(SparkSession session, DatasetHome home, String setting, String uri, String timeOrNull) {
        this.session = session;
        this.home = home;
        this.setting = setting;
        this.uri = uri;
        this.time = Optional.ofNullable(timeOrNull);
        this.files = list();
    }

    /** Every setting that {@link #identity} may have. */
    static Set<String> keys(String setting) {
        return Set.of(setting, setting + "-time", setting + "-bytes", setting + "-modified");
    }

    /** The files that Spark will read: in folders such as {@code epoch=3} too, but not hidden ones. */
    private List<FileStatus> list() {
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
                    ExitCode.INPUT, log() + " cannot be listed (" + e.getMessage() + "). Make it readable.", e);
        }
    }

    private LoggedLosses.Log log() {
        return new LoggedLosses.Log("--" + setting, uri, isCsv(), time);
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

    /** The settings that tell this log from others, by option name. */
    Map<String, String> identity() {
        Map<String, String> identity = new TreeMap<>();
        identity.put(setting, uri);
        time.ifPresent(column -> identity.put(setting + "-time", column));
        long bytes = 0;
        long modified = 0;
        for (FileStatus file : files) {
            bytes += file.getLen();
            modified = Math.max(modified, file.getModificationTime());
        }
        identity.put(setting + "-bytes", Long.toString(bytes));
        identity.put(setting + "-modified", Long.toString(modified));
        return identity;
    }

    /**
     * Writes the home's samples' losses as a table of {@link Tables#LOSSES}.
     *
     * @param folder of the table; replaced
     * @throws RelaException when the log cannot be read, or has no loss of these samples
     */
    Imported read(Path folder) {
        Dataset<Row> targets = session.read()
                .parquet(home.table(Tables.TARGETS.name()).toString())
                .select(Tables.INDEX, Tables.ID);
        Imported imported = LoggedLosses.run(session, log(), targets, new TableFolder(home.fileSystem(), folder));
        if (imported.rows() == 0) {
            throw new RelaException(
                    ExitCode.INPUT,
                    log() + " holds no finite loss of a sample of this home (" + imported.logged() + " rows, "
                            + imported.unknown() + " of unknown samples, " + imported.notFinite()
                            + " not finite). Is it the log of this data set?");
        }
        return imported;
    }

    /** What became of the log, for the manifest. */
    Map<String, String> settings(Imported imported) {
        Map<String, String> settings = new TreeMap<>();
        settings.put(setting + "-logged", Long.toString(imported.logged()));
        settings.put(setting + "-unknown", Long.toString(imported.unknown()));
        settings.put(setting + "-superseded", Long.toString(imported.superseded()));
        return settings;
    }

    /** What a person should know when samples have no loss, or losses no sample. */
    static Optional<String> warning(String what, Imported imported, long samples) {
        if (imported.unknown() == 0 && imported.rows() == samples) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "Of %,d logged %s %,d are of samples that the home does not have, %,d were superseded, %,d are"
                        + " not finite; %,d of %,d samples have one.",
                imported.logged(),
                what,
                imported.unknown(),
                imported.superseded(),
                imported.notFinite(),
                imported.rows(),
                samples));
    }
}
