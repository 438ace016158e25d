package io.rela.select;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.RangedFiles;
import io.rela.table.RowBytes;
import io.rela.table.TableSchema;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import scala.Tuple2;

/**
 * Fetches the rows of chosen samples in one pass over the files of targets, and hands them out by output file: neighbours that go
 * to the same one together, so that only these are held. One task's thread.
 */
final class WideParts implements Iterator<Tuple2<Integer, Part>> {
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
    WideParts(Chosen chosen, FileOf fileOf, TableSchema schema, RangedFiles.Rows rows) {
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
    public Tuple2<Integer, Part> next() {
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
        return new Tuple2<>(file, new Part(some.trimmed(), bytes.toBytes(), Arrays.copyOf(starts, some.size())));
    }

    private Object[] row(long index) {
        Object[] row = rows.hasNext() ? rows.next() : null;
        if (row == null || (Long) row[0] != index) {
            throw new RelaException(
                    ExitCode.HOME,
                    "targets/ holds no sample " + index + ", which was chosen. Restore the table, or make it again.");
        }
        return row;
    }
}
