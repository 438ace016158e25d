package io.rela.distill;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.loss.LoggedLosses;
import io.rela.loss.LoggedLosses.Imported;
import io.rela.manifest.LossSettings;
import io.rela.manifest.LossesRecord.LogInfo;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Losses that somebody else logged. Driver only. */
final class LossLog {
    private final EpochWork work;
    private final LossRequest.Log asked;
    private final List<FileStatus> files;

    /**
     * Lists the files.
     *
     * @throws RelaException when they cannot be listed
     */
    LossLog(EpochWork work, LossRequest.Log asked) {
        this.work = work;
        this.asked = asked;
        this.files = list();
    }

    /** The files that Spark will read: in folders such as {@code epoch=3} too, but not hidden ones. */
    private List<FileStatus> list() {
        try {
            Path path = new Path(asked.uri());
            FileSystem fs = path.getFileSystem(work.run().hadoop());
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
        return new LoggedLosses.Log(asked.setting(), asked.uri(), isCsv(), asked.time());
    }

    /** By the name of the file, or of a file in the folder. */
    private boolean isCsv() {
        return files.stream()
                .map(file -> file.getPath().getName().toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.endsWith(".csv") || name.endsWith(".csv.gz"));
    }

    /**
     * What decides the losses.
     *
     * @param onto what they are laid over
     */
    LossSettings.Logged settings(Optional<LossSettings.LaidOver> onto) {
        return new LossSettings.Logged(
                asked.uri(),
                asked.time().orElse(null),
                files.stream().mapToLong(FileStatus::getLen).sum(),
                files.stream().mapToLong(FileStatus::getModificationTime).max().orElse(0),
                onto.orElse(null));
    }

    /**
     * Looks at the columns.
     *
     * @throws RelaException when they cannot be read, or are not those of a log
     */
    void look() {
        LoggedLosses.look(work.run().session(), log());
    }

    /**
     * Writes the losses of the home's samples as a table of {@link Tables#LOSSES}, and tells a person when samples have no loss,
     * or losses no sample.
     *
     * @param folder of the table; replaced
     * @param what they are, for messages
     * @param earlier losses of the home, which samples keep that the log has none of
     * @throws RelaException when the log cannot be read, or has no loss of these samples
     */
    Imported read(TableFolder folder, String what, Optional<RangedFiles> earlier) {
        Imported imported = work.run()
                .timed(
                        "import",
                        () -> LoggedLosses.run(
                                work.run().session(),
                                log(),
                                work.targets().table().select(Tables.INDEX, Tables.ID),
                                earlier,
                                folder));
        long known = imported.fromLog();
        if (known == 0) {
            throw new RelaException(
                    ExitCode.INPUT,
                    log() + " holds no finite loss of a sample of this home (" + imported.logged() + " rows, "
                            + imported.unknown() + " of unknown samples, " + imported.notFinite()
                            + " not finite). Is it the log of this data set?");
        }
        if (imported.unknown() > 0 || known < work.targets().rows()) {
            String counted = String.format(
                    Locale.ROOT,
                    "Of %,d logged %s %,d are of samples that the home does not have, %,d were superseded, %,d are not"
                            + " finite; %,d of %,d samples have one",
                    imported.logged(),
                    what,
                    imported.unknown(),
                    imported.superseded(),
                    imported.notFinite(),
                    known,
                    work.targets().rows());
            String kept = earlier.isEmpty()
                    ? "."
                    : String.format(
                            Locale.ROOT,
                            ", %,d keep an earlier one, %,d have none.",
                            imported.earlier(),
                            work.targets().rows() - imported.losses().number());
            work.run().warn(counted + kept);
        }
        return imported;
    }

    /** What became of the log's rows, for the manifest. */
    static LogInfo info(Imported imported) {
        return new LogInfo(
                imported.logged(), imported.unknown(), imported.superseded(), imported.notFinite(), imported.earlier());
    }
}
