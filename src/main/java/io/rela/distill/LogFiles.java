package io.rela.distill;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.manifest.LossSettings;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of a log of losses. Immutable.
 *
 * @param files in folders such as {@code epoch=3} too, but not hidden ones: those that Spark will read
 */
record LogFiles(List<FileStatus> files) {
    /**
     * Lists them.
     *
     * @throws RelaException when they cannot be listed
     */
    static LogFiles list(LossRequest.Log log, Configuration conf) {
        try {
            Path path = new Path(log.uri());
            FileSystem fs = path.getFileSystem(conf);
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
            return new LogFiles(found);
        } catch (IOException e) {
            throw new RelaException(
                    ExitCode.INPUT,
                    "--losses " + log.uri() + " cannot be listed (" + e.getMessage() + "). Make it readable.",
                    e);
        }
    }

    /** What tells this log from another. */
    LossSettings.Logged settings(LossRequest.Log log) {
        return new LossSettings.Logged(
                log.uri(),
                log.time().orElse(null),
                files.stream().mapToLong(FileStatus::getLen).sum(),
                files.stream().mapToLong(FileStatus::getModificationTime).max().orElse(0));
    }

    /** By the name of the file, or of a file in the folder. */
    boolean isCsv() {
        return files.stream()
                .map(file -> file.getPath().getName().toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.endsWith(".csv") || name.endsWith(".csv.gz"));
    }
}
