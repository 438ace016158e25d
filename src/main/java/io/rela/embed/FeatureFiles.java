package io.rela.embed;

import io.rela.table.TableReader;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Files of features, each with the range of indices that it covers; ranges do not overlap. Immutable, sent to executors.
 *
 * @param files in ascending order
 */
public record FeatureFiles(List<File> files) implements Serializable {
    /**
     * One file.
     *
     * @param path of the Parquet file
     * @param range that its rows lie in; not every index has a row
     */
    public record File(String path, IndexRange range) implements Serializable {}

    /** The files that the reports name, below the folder that the tasks were given. */
    public static FeatureFiles of(Path folder, List<TaskReport> reports) {
        return new FeatureFiles(reports.stream()
                .filter(report -> report.features() != null)
                .sorted(Comparator.comparingLong(report -> report.range().first()))
                .map(report -> new File(
                        new Path(new Path(folder, EmbedOutput.FEATURES), report.features()).toString(), report.range()))
                .toList());
    }

    /** Rows of {@link Tables#FEATURES} with an index in the range, ascending. One thread; to be closed. */
    public Rows rows(IndexRange range, Configuration conf) {
        return new Rows(files.stream().filter(f -> f.range().overlaps(range)).toList(), range, conf);
    }

    /** All rows, ascending. One thread; to be closed. */
    public Rows all(Configuration conf) {
        return new Rows(files, new IndexRange(0, Long.MAX_VALUE), conf);
    }

    /** Reads one file after the other. */
    public static final class Rows implements Iterator<Object[]>, AutoCloseable {
        private final Deque<File> left;
        private final IndexRange range;
        private final Configuration conf;
        private TableReader reader;
        private Object[] next;

        private Rows(List<File> files, IndexRange range, Configuration conf) {
            this.left = new ArrayDeque<>(files);
            this.range = range;
            this.conf = conf;
        }

        @Override
        public boolean hasNext() {
            try {
                while (next == null && (reader != null || !left.isEmpty())) {
                    if (reader == null) {
                        reader = new TableReader(
                                Tables.FEATURES, new Path(left.remove().path()), conf, range.first(), range.end());
                    }
                    next = reader.next();
                    if (next == null) {
                        closeFile();
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
