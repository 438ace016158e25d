package io.rela.app;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.NumberReader;
import io.rela.table.RangedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A table's files, as their footers describe them. Driver only. */
final class HomeTables {
    private HomeTables() {}

    /**
     * The files of a table, in order.
     *
     * @throws RelaException when there is no such table, or it is not as this program writes it
     */
    static RangedFiles files(FileSystem fs, Path folder) {
        try {
            List<Path> paths = Arrays.stream(fs.listStatus(folder))
                    .map(status -> status.getPath())
                    .filter(path -> path.getName().endsWith(".parquet")
                            && !path.getName().matches("[._].*"))
                    .toList();
            return RangedFiles.of(paths.parallelStream()
                    .map(path -> describe(fs, path))
                    .filter(Objects::nonNull)
                    .toList());
        } catch (IOException e) {
            throw damaged(folder, e);
        }
    }

    private static RangedFiles.File describe(FileSystem fs, Path path) {
        try {
            return NumberReader.describe(path, fs.getConf());
        } catch (RelaException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw damaged(path, e);
        }
    }

    private static RelaException damaged(Path path, Exception e) {
        String why = e instanceof UncheckedIOException unchecked
                ? unchecked.getCause().getMessage()
                : e.getMessage();
        return new RelaException(
                ExitCode.HOME, path + " cannot be read (" + why + "). Restore it, or convert again.", e);
    }
}
