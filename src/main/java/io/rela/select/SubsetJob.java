package io.rela.select;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.rank.Draw;
import io.rela.rank.ExactSum;
import io.rela.source.ImageSource;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import io.rela.storage.Patience;
import io.rela.table.EncodedImage;
import io.rela.table.RangedFiles;
import io.rela.table.RowBytes;
import io.rela.table.TablePlace;
import io.rela.table.TableSchema;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import io.rela.table.TaskRows;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * What every task of a subset does: the rows of what it has chosen are fetched, and the files are written. Immutable.
 *
 * @param columns of the subset
 * @param targets the table of targets
 * @param kept whether the targets carry the pictures
 * @param source gives pictures that the targets do not carry; null where none are wanted
 * @param order of the rows
 * @param table takes the files
 * @param hadoop how storage is reached
 */
record SubsetJob(
        Columns columns,
        RangedFiles targets,
        boolean kept,
        ImageSource source,
        Draw order,
        TablePlace table,
        SerializableConfiguration hadoop)
        implements Serializable {

    /** What one task wrote: the file's name counts only when it is reported here. */
    record Written(int number, String file, long rows, ExactSum losses, long withLoss, double weights)
            implements Serializable {}

    /** Chooses. */
    interface Choosing {
        void to(Taker taker) throws IOException;
    }

    /** Takes chosen samples, ascending. */
    interface Taker {
        void take(long index, float loss, float weight);
    }

    /**
     * The parts of the output files that chosen samples belong to. For a task.
     *
     * @param choosing hands each chosen sample out, ascending
     */
    Iterator<Tuple2<Integer, Chosen.Part>> parts(Choosing choosing, FileOf fileOf, int files) throws IOException {
        if (columns != Columns.INDEX) {
            Chosen chosen = new Chosen();
            choosing.to(chosen::add);
            RangedFiles.Rows rows = targets.rows(stored(), chosen.indices(), hadoop.value());
            return TaskRows.of(new Fetcher(chosen, fileOf, stored(), rows), rows::close, part -> part);
        }
        Chosen[] chosen = new Chosen[files];
        Arrays.setAll(chosen, file -> new Chosen());
        choosing.to((index, loss, weight) -> chosen[fileOf.of(index)].add(index, loss, weight));
        List<Tuple2<Integer, Chosen.Part>> parts = new ArrayList<>();
        for (int file = 0; file < files; file++) {
            if (chosen[file].size() > 0) {
                parts.add(new Tuple2<>(file, Chosen.Part.narrow(chosen[file].trimmed())));
            }
        }
        return parts.iterator();
    }

    /** What of the targets the subset holds. */
    private TableSchema stored() {
        return columns == Columns.IMAGES && kept ? Tables.TARGETS_WITH_IMAGES : Tables.TARGETS;
    }

    /** Writes a file of these parts. For a task. */
    Written write(int number, Chosen.Whole whole) throws IOException {
        String name = String.format("part-%05d-%s.parquet", number, UUID.randomUUID());
        Patience patience = Patience.of(hadoop.value());
        Chosen chosen = whole.chosen();
        ExactSum losses = new ExactSum();
        long withLoss = 0;
        double weights = 0;
        try (SampleReader pictures = columns == Columns.IMAGES && !kept ? source.reader() : null;
                TableWriter writer = table.writer(columns.schema(), name, hadoop.value())) {
            for (int place : chosen.shuffled(order)) {
                Object[] row =
                        columns == Columns.INDEX ? new Object[] {chosen.index(place)} : whole.row(stored(), place);
                if (pictures != null) {
                    Sample sample = Tables.sample(row);
                    row = Arrays.copyOf(row, row.length + 1);
                    row[row.length - 1] = EncodedImage.read(pictures, sample, patience);
                }
                float loss = chosen.loss(place);
                if (!Float.isNaN(loss)) {
                    losses.add(loss);
                    withLoss++;
                }
                weights += chosen.weight(place);
                writer.write(Tables.subsetRow(row, loss, chosen.weight(place)));
            }
        }
        return new Written(number, name, chosen.size(), losses, withLoss, weights);
    }

    /**
     * Fetches the rows of chosen samples in one pass over the files of targets, and hands them out by output file: neighbours that go
     * to the same one together, so that only these are held. One task's thread.
     */
    static final class Fetcher implements Iterator<Tuple2<Integer, Chosen.Part>> {
        /** A part that has so many bytes ends: pictures may be large. */
        private static final int LARGEST = 1 << 20;

        private final Chosen chosen;
        private final FileOf fileOf;
        private final TableSchema schema;
        private final RangedFiles.Rows rows;
        private int place;

        /**
         * @param schema of the rows, of which the index is the first column
         * @param rows of the chosen samples; whoever opened them closes them
         */
        Fetcher(Chosen chosen, FileOf fileOf, TableSchema schema, RangedFiles.Rows rows) {
            this.chosen = chosen;
            this.fileOf = fileOf;
            this.schema = schema;
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            return place < chosen.size();
        }

        @Override
        public Tuple2<Integer, Chosen.Part> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int file = fileOf.of(chosen.index(place));
            Chosen some = new Chosen();
            RowBytes bytes = new RowBytes(schema);
            int[] starts = new int[FileOf.BLOCK];
            do {
                starts[some.size()] = bytes.size();
                bytes.add(row(chosen.index(place)));
                some.add(chosen.index(place), chosen.loss(place), chosen.weight(place));
                place++;
            } while (hasNext()
                    && some.size() < FileOf.BLOCK
                    && bytes.size() < LARGEST
                    && fileOf.of(chosen.index(place)) == file);
            return new Tuple2<>(
                    file, new Chosen.Part(some.trimmed(), bytes.toBytes(), Arrays.copyOf(starts, some.size())));
        }

        private Object[] row(long index) {
            Object[] row = rows.hasNext() ? rows.next() : null;
            if (row == null || (Long) row[0] != index) {
                throw new RelaException(
                        ExitCode.HOME,
                        "targets/ holds no sample " + index
                                + ", which was chosen. Restore the table, or make it again.");
            }
            return row;
        }
    }
}
