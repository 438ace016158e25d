package io.rela.app;

import static org.apache.spark.sql.functions.col;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.source.Patience;
import io.rela.source.StorageException;
import io.rela.table.DatasetHome;
import io.rela.table.NumberReader;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** What the tables of a home hold, as far as it can be told without reading them whole. Driver only. */
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
        } catch (UncheckedIOException e) {
            throw StorageException.in(e)
                    .filter(storage -> storage.kind() != StorageException.Kind.GONE)
                    .<RuntimeException>map(storage -> e)
                    .orElseGet(() -> damaged(folder, e));
        }
    }

    /** Whether a sample has a label. */
    static boolean hasLabels(SparkSession session, DatasetHome home) {
        return !session.read()
                .parquet(home.table(Tables.TARGETS.name()).toString())
                .where(col(Tables.LABEL).isNotNull())
                .select(Tables.LABEL)
                .isEmpty();
    }

    private static RangedFiles.File describe(FileSystem fs, Path path) {
        try {
            return Patience.of(fs.getConf()).read(() -> describeOnce(fs, path), Patience.SLEEP);
        } catch (RelaException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw damaged(path, e);
        }
    }

    private static RangedFiles.File describeOnce(FileSystem fs, Path path) throws StorageException {
        try {
            return NumberReader.describe(path, fs.getConf());
        } catch (IOException e) {
            throw StorageException.of(path.toString(), e);
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
