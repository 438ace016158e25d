package io.rela.home;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.manifest.Manifest;
import io.rela.manifest.StagedTable;
import io.rela.manifest.TableFile;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import io.rela.storage.UploadGoneException;
import io.rela.table.IndexRange;
import io.rela.table.NumberReader;
import io.rela.table.PendingFile;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
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
     * @param folder in which it was made
     * @throws RelaException when a file is not as this program writes it
     */
    public static StagedTable staged(String name, TableFolder folder) {
        List<TableFile> files = new ArrayList<>();
        for (PendingFile file : uploaded(folder)) {
            files.add(new TableFile(name + "/" + file.name(), file.rows(), file.bytes(), file.first(), file.last()));
        }
        for (Described file :
                describe(folder.path(), written(folder), false, folder.fs().getConf())) {
            files.add(new TableFile(
                    name + "/" + file.status().getPath().getName(),
                    file.footer().rows(),
                    file.status().getLen(),
                    first(file.footer()),
                    last(file.footer())));
        }
        return new StagedTable(name, files);
    }

    private static List<PendingFile> uploaded(TableFolder folder) {
        try {
            return PendingFile.in(folder.fs(), folder.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files in a folder, by their names. */
    private static List<FileStatus> written(TableFolder folder) {
        try {
            return Arrays.stream(folder.fs().listStatus(folder.path()))
                    .filter(file -> TableFolder.isPart(file.getPath().getName()))
                    .sorted(Comparator.comparing(file -> file.getPath().getName()))
                    .toList();
        } catch (IOException e) {
            throw damaged(folder.path(), e);
        }
    }

    /**
     * The files of a table that was just written and is in the order of the index, readable from now on.
     *
     * @throws RelaException when what was uploaded is gone
     */
    public static RangedFiles readable(StagedTable table, TableFolder folder) {
        try {
            return ranged(table, folder.readable());
        } catch (UploadGoneException e) {
            throw new RelaException(ExitCode.INPUT, e.getMessage() + " Run the command again.", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RangedFiles ranged(StagedTable table, Path folder) {
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
        Set<String> names = manifest.files(table, home.root()).stream()
                .map(file -> new Path(file.path()).getName())
                .collect(Collectors.toSet());
        List<FileStatus> there = written(new TableFolder(home.fileSystem(), home.table(table))).stream()
                .filter(file ->
                        !home.holdsUnlisted() || names.contains(file.getPath().getName()))
                .toList();
        List<Described> found =
                describe(home.table(table), there, true, home.fileSystem().getConf());
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

    private static List<Described> describe(Path folder, List<FileStatus> files, boolean ordered, Configuration conf) {
        try {
            return files.parallelStream()
                    .map(file -> new Described(file, footer(file.getPath(), ordered, conf)))
                    .toList();
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
