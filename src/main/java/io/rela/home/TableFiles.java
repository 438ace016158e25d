package io.rela.home;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.manifest.Manifest;
import io.rela.manifest.StagedTable;
import io.rela.manifest.TableFile;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import io.rela.table.IndexRange;
import io.rela.table.NumberReader;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Looks into the footers of a table's files, all of them at once. Driver only. */
public final class TableFiles {
    private TableFiles() {}

    /** A file with its place, and with the range of its rows where they have an index. */
    private record Described(FileStatus status, NumberReader.Footer footer) {}

    /**
     * A table that was just written.
     *
     * @param name in the home
     * @param folder where it lies now
     * @throws RelaException when a file is not as this program writes it
     */
    public static StagedTable staged(FileSystem fs, String name, Path folder) {
        List<Described> found = describe(fs, folder, false);
        return new StagedTable(
                name,
                found.stream()
                        .map(file -> new TableFile(
                                name + "/" + file.status().getPath().getName(),
                                file.footer().rows(),
                                file.status().getLen(),
                                first(file.footer()),
                                last(file.footer())))
                        .toList());
    }

    /** The files of a table that is in the order of the index, where it lies now. */
    public static RangedFiles ranged(StagedTable table, Path folder) {
        return RangedFiles.of(table.files().stream()
                .filter(file -> file.first() != null)
                .map(file -> new RangedFiles.File(
                        new Path(folder, new Path(file.path()).getName()).toString(),
                        new IndexRange(file.first(), file.last() + 1),
                        file.rows()))
                .toList());
    }

    /**
     * The files of a table in the order of the index, as the manifest lists them, without a look at them.
     *
     * @throws RelaException when there is no such table
     */
    public static RangedFiles listed(DatasetHome home, Manifest manifest, String table) {
        return ranged(new StagedTable(table, manifest.files(table, home.root())), home.table(table));
    }

    /**
     * The files of a table of a home, in order.
     *
     * @throws RelaException when there is no such table, it is not as this program writes it, or it is not what the manifest
     *     lists
     */
    public static RangedFiles open(DatasetHome home, Manifest manifest, String table) {
        List<Described> found = describe(home.fileSystem(), home.table(table), true);
        RangedFiles files = ranged(found);
        long rows = found.stream().mapToLong(file -> file.footer().rows()).sum();
        long listed = manifest.files(table, home.root()).stream()
                .mapToLong(TableFile::rows)
                .sum();
        if (rows != listed) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " is damaged: " + table + " has " + rows + " rows, the manifest says " + listed
                            + ". Restore it, or make it again with " + Flag.IF_EXISTS + " overwrite.");
        }
        return files;
    }

    private static RangedFiles ranged(List<Described> found) {
        return RangedFiles.of(found.stream()
                .filter(file -> file.footer().range() != null)
                .map(file -> new RangedFiles.File(
                        file.status().getPath().toString(),
                        file.footer().range(),
                        file.footer().rows()))
                .toList());
    }

    private static Long first(NumberReader.Footer footer) {
        IndexRange range = footer.range();
        return range == null ? null : (Long) range.first();
    }

    private static Long last(NumberReader.Footer footer) {
        IndexRange range = footer.range();
        return range == null ? null : (Long) (range.end() - 1);
    }

    private static List<Described> describe(FileSystem fs, Path folder, boolean ordered) {
        try {
            List<FileStatus> files = new ArrayList<>(Arrays.stream(fs.listStatus(folder))
                    .filter(file -> TableFolder.isPart(file.getPath().getName()))
                    .toList());
            files.sort(Comparator.comparing(file -> file.getPath().getName()));
            return files.parallelStream()
                    .map(file -> new Described(file, footer(file.getPath(), ordered, fs.getConf())))
                    .toList();
        } catch (IOException e) {
            throw damaged(folder, e);
        } catch (UncheckedIOException e) {
            throw StorageException.in(e)
                    .filter(storage -> storage.kind() != StorageException.Kind.GONE)
                    .<RuntimeException>map(storage -> e)
                    .orElseGet(() -> damaged(folder, e));
        }
    }

    private static NumberReader.Footer footer(Path path, boolean ordered, Configuration conf) {
        try {
            return Patience.of(conf).read(() -> footerOnce(path, ordered, conf), Patience.SLEEP);
        } catch (RelaException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw damaged(path, e);
        }
    }

    private static NumberReader.Footer footerOnce(Path path, boolean ordered, Configuration conf)
            throws StorageException {
        try {
            return NumberReader.footer(path, ordered, conf);
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
