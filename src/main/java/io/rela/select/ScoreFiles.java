package io.rela.select;

import io.rela.RelaException;
import io.rela.rank.Population;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import io.rela.table.IndexRange;
import io.rela.table.NumberReader;
import io.rela.table.RangedFiles;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What policies see of the samples, as tables that lie side by side: the samples with their labels, and where there are some
 * their losses, reference losses and clusters. Immutable, sent to executors.
 */
public final class ScoreFiles implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final TableSchema INDEX_AND_LABEL = Tables.TARGETS.only(Tables.INDEX, Tables.LABEL);

    private final RangedFiles samples;
    private final RangedFiles losses;
    private final RangedFiles references;
    private final RangedFiles clusters;

    /**
     * @param samples a table with index and label: all samples there are
     * @param losses a table of {@link Tables#LOSSES}; those of samples that are not there are ignored
     * @param references the same, of reference losses; empty where nobody looks at them, so that nobody reads them
     * @param clusters a table of {@link Tables#CLUSTERS}, which then stand for the labels
     */
    public ScoreFiles(
            RangedFiles samples,
            Optional<RangedFiles> losses,
            Optional<RangedFiles> references,
            Optional<RangedFiles> clusters) {
        this.samples = samples;
        this.losses = losses.orElse(null);
        this.references = references.orElse(null);
        this.clusters = clusters.orElse(null);
    }

    /** Number of samples. */
    public long size() {
        return samples.rows();
    }

    /** The range of all samples. */
    public IndexRange range() {
        return new IndexRange(0, Math.max(1, samples.end()));
    }

    /**
     * Shows the rows of a range, ascending.
     *
     * @throws RelaException when a table holds an index twice or out of order
     */
    public void scan(IndexRange range, Configuration conf, Population.Rows rows) throws IOException {
        try (Numbers sample = new Numbers(samples, INDEX_AND_LABEL, range, conf);
                Numbers loss = losses == null ? null : new Numbers(losses, Tables.LOSSES, range, conf);
                Numbers reference = references == null ? null : new Numbers(references, Tables.LOSSES, range, conf);
                Numbers cluster = clusters == null ? null : new Numbers(clusters, Tables.CLUSTERS, range, conf)) {
            while (sample.next()) {
                long index = sample.index();
                int label;
                if (cluster == null) {
                    label = sample.intOf();
                } else {
                    label = cluster.seek(index) ? cluster.intOf() : Population.NO_CLASS;
                }
                rows.add(index, floatOf(loss, index), floatOf(reference, index), label);
            }
        }
    }

    private static float floatOf(Numbers table, long index) throws IOException {
        return table != null && table.seek(index) ? table.floatOf() : Float.NaN;
    }

    /** One table's rows in a range, ascending. */
    private static final class Numbers implements AutoCloseable {
        private final Deque<RangedFiles.File> left;
        private final TableSchema columns;
        private final IndexRange range;
        private final Configuration conf;
        private final Patience patience;
        private RangedFiles.File file;
        private NumberReader reader;
        /** Row groups of the file that were read. */
        private int groups;

        private int row;
        private long index = -1;
        private boolean ended;

        Numbers(RangedFiles files, TableSchema columns, IndexRange range, Configuration conf) {
            this.left = new ArrayDeque<>(files.in(range));
            this.columns = columns;
            this.range = range;
            this.conf = conf;
            this.patience = Patience.of(conf);
        }

        /** Goes to the next row; false after the last. */
        boolean next() throws IOException {
            row++;
            while (reader == null || row >= reader.rows()) {
                if (!nextGroup()) {
                    ended = true;
                    return false;
                }
            }
            long found = reader.index(row);
            if (found >= range.end()) {
                ended = true;
                return false;
            }
            if (found <= index) {
                throw NumberReader.outOfOrder(new Path(file.path()), found, index);
            }
            index = found;
            return true;
        }

        /** Goes to the row of an index, if there is one. */
        boolean seek(long wanted) throws IOException {
            while (!ended && index < wanted) {
                next();
            }
            return !ended && index == wanted;
        }

        long index() {
            return index;
        }

        float floatOf() {
            return reader.floatOf(row);
        }

        int intOf() {
            return reader.intOf(row);
        }

        private boolean nextGroup() throws IOException {
            while (true) {
                if (file == null) {
                    if (left.isEmpty()) {
                        return false;
                    }
                    file = left.remove();
                    groups = 0;
                }
                if (patience.read(this::readGroup, Patience.SLEEP)) {
                    groups++;
                    row = reader.from(range.first());
                    return true;
                }
                close();
                file = null;
            }
        }

        /** Reads the file's next row group, after a failure in a file that is opened anew. */
        private boolean readGroup() throws StorageException {
            try {
                if (reader == null) {
                    reader = new NumberReader(columns, new Path(file.path()), range, conf);
                    for (int done = 0; done < groups; done++) {
                        reader.next();
                    }
                }
                return reader.next();
            } catch (IOException e) {
                abandon();
                throw StorageException.of(file.path(), e);
            }
        }

        private void abandon() {
            try {
                close();
            } catch (IOException e) {
                // What went wrong before is what counts.
                reader = null;
            }
        }

        @Override
        public void close() throws IOException {
            if (reader != null) {
                reader.close();
                reader = null;
            }
        }
    }
}
