package io.rela.table;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A table's files, each with the range of indices that it covers; rows ascend inside of a file and ranges do not overlap, so
 * that two such tables are joined by reading them side by side. Immutable, sent to executors.
 *
 * @param files in ascending order
 */
public record RangedFiles(List<File> files) implements Serializable {
    /**
     * One file.
     *
     * @param path of the Parquet file
     * @param range that its rows lie in; not every index has a row
     * @param rows how many it has
     */
    public record File(String path, IndexRange range, long rows) implements Serializable {}

    /**
     * Puts files in order.
     *
     * @throws RelaException when two of them overlap, as those of a table that another program wrote may
     */
    public static RangedFiles of(List<File> files) {
        List<File> sorted = new ArrayList<>(files);
        sorted.sort(Comparator.comparingLong(file -> file.range().first()));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i - 1).range().overlaps(sorted.get(i).range())) {
                throw new RelaException(
                        ExitCode.HOME,
                        sorted.get(i - 1).path() + " and " + sorted.get(i).path()
                                + " hold the same indices. Restore the table, or make it again.");
            }
        }
        return new RangedFiles(sorted);
    }

    /** Rows of all files. */
    public long rows() {
        return files.stream().mapToLong(File::rows).sum();
    }

    /** The paths of all files. */
    public String[] paths() {
        return files.stream().map(File::path).toArray(String[]::new);
    }

    /** The index after the last, or 0 of no files. */
    public long end() {
        return files.isEmpty() ? 0 : files.get(files.size() - 1).range().end();
    }

    /** The files that may hold rows of the range. */
    public List<File> in(IndexRange range) {
        return files.stream().filter(file -> file.range().overlaps(range)).toList();
    }

    /**
     * Rows with these columns, of which the index is the first, and an index in the range, ascending. One thread; to be closed.
     *
     * @throws RelaException while reading, when a file is gone or out of order
     */
    public Rows rows(TableSchema columns, IndexRange range, Configuration conf) {
        return new Rows(
                in(range),
                (file, first) -> new TableReader(
                        columns, new Path(file.path()), conf, Math.max(first, range.first()), range.end()),
                conf);
    }

    /**
     * The rows of some samples with these columns, of which the index is the first, ascending; each file that holds one is opened
     * once, and its pages that hold none are not read. One thread; to be closed.
     *
     * @param indices ascending; those that no file has are left out
     * @throws RelaException while reading, when a file is gone or out of order
     */
    public Rows rows(TableSchema columns, long[] indices, Configuration conf) {
        List<File> some = files.stream()
                .filter(file -> from(indices, file.range().first())
                        < from(indices, file.range().end()))
                .toList();
        return new Rows(
                some,
                (file, first) -> new TableReader(
                        columns,
                        new Path(file.path()),
                        conf,
                        Arrays.copyOfRange(
                                indices,
                                from(indices, first),
                                from(indices, file.range().end()))),
                conf);
    }

    /** Where the first is that is not below an index. */
    private static int from(long[] ascending, long index) {
        int found = Arrays.binarySearch(ascending, index);
        return found >= 0 ? found : -found - 1;
    }

    /** Opens a file. */
    private interface Opening {
        /** @param first index that is still wanted of the file */
        TableReader open(File file, long first) throws IOException;
    }

    /**
     * Reads one file after the other; where storage fails, the file is opened anew behind the last row. A failure that stays is a
     * {@link StorageException} in an {@link UncheckedIOException}.
     */
    public static final class Rows implements Iterator<Object[]>, AutoCloseable {
        private final Deque<File> left;
        private final Opening opening;
        private final Patience patience;
        private TableReader reader;
        private Object[] next;
        private long index = -1;
        /** Whether {@link #index} is of the file that is being read. */
        private boolean begun;

        private Rows(List<File> files, Opening opening, Configuration conf) {
            this.left = new ArrayDeque<>(files);
            this.opening = opening;
            this.patience = Patience.of(conf);
        }

        @Override
        public boolean hasNext() {
            while (next == null && !left.isEmpty()) {
                next = readOrFail();
                if (next == null) {
                    close();
                    left.remove();
                    begun = false;
                } else if ((Long) next[0] <= index) {
                    throw NumberReader.outOfOrder(file(), (Long) next[0], index);
                } else {
                    index = (Long) next[0];
                    begun = true;
                }
            }
            return next != null;
        }

        private Path file() {
            return new Path(left.element().path());
        }

        private Object[] readOrFail() {
            try {
                return patience.read(this::read, Patience.SLEEP);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The file's next row, or null after its last. */
        private Object[] read() throws StorageException {
            try {
                if (reader == null) {
                    File file = left.element();
                    reader = opening.open(file, begun ? index + 1 : file.range().first());
                }
                return reader.next();
            } catch (IOException e) {
                abandon();
                StorageException failure = StorageException.of(left.element().path(), e);
                if (failure.kind() == StorageException.Kind.GONE) {
                    throw new RelaException(
                            ExitCode.HOME, failure.getMessage() + ". Restore it, or make the table again.");
                }
                throw failure;
            }
        }

        private void abandon() {
            try {
                close();
            } catch (UncheckedIOException e) {
                // What went wrong before is what counts.
                reader = null;
            }
        }

        @Override
        public Object[] next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Object[] row = next;
            next = null;
            return row;
        }

        @Override
        public void close() {
            if (reader != null) {
                try {
                    reader.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                reader = null;
            }
        }
    }
}
