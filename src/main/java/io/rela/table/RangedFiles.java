package io.rela.table;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
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

    /** The index after the last, or 0 of no files. */
    public long end() {
        return files.isEmpty() ? 0 : files.get(files.size() - 1).range().end();
    }

    /** The files that may hold rows of the range. */
    public List<File> in(IndexRange range) {
        return files.stream().filter(file -> file.range().overlaps(range)).toList();
    }

    /** Rows with these columns, of which the index is the first, and an index in the range, ascending. One thread; to be closed. */
    public Rows rows(TableSchema columns, IndexRange range, Configuration conf) {
        return new Rows(columns, in(range), range, conf);
    }

    /** Reads one file after the other. */
    public static final class Rows implements Iterator<Object[]>, AutoCloseable {
        private final TableSchema columns;
        private final Deque<File> left;
        private final IndexRange range;
        private final Configuration conf;
        private Path file;
        private TableReader reader;
        private Object[] next;
        private long index = -1;

        private Rows(TableSchema columns, List<File> files, IndexRange range, Configuration conf) {
            this.columns = columns;
            this.left = new ArrayDeque<>(files);
            this.range = range;
            this.conf = conf;
        }

        @Override
        public boolean hasNext() {
            try {
                while (next == null && (reader != null || !left.isEmpty())) {
                    if (reader == null) {
                        file = new Path(left.remove().path());
                        reader = new TableReader(columns, file, conf, range.first(), range.end());
                    }
                    next = reader.next();
                    if (next == null) {
                        closeFile();
                    } else if ((Long) next[0] <= index) {
                        throw NumberReader.outOfOrder(file, (Long) next[0], index);
                    } else {
                        index = (Long) next[0];
                    }
                }
                return next != null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
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
            try {
                closeFile();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void closeFile() throws IOException {
            if (reader != null) {
                reader.close();
                reader = null;
            }
        }
    }
}
