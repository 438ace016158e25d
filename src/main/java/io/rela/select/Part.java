package io.rela.select;

import io.rela.table.RowBytes;
import io.rela.table.TableSchema;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Chosen samples of one output file: what travels to the task that writes it. Immutable.
 *
 * @param chosen at least one sample
 * @param rows their other columns as {@link RowBytes}; empty where the subset has none
 * @param starts where each sample's row begins; empty likewise
 */
record Part(Chosen chosen, byte[] rows, int[] starts) implements Serializable {
    private static final byte[] NO_BYTES = {};
    private static final int[] NO_STARTS = {};

    /** Samples without other columns. */
    static Part narrow(Chosen chosen) {
        return new Part(chosen, NO_BYTES, NO_STARTS);
    }

    /** All parts of a file, whose places count in the order of the index. */
    static final class Whole {
        private final List<Part> parts;
        /** The place of each part's first sample. */
        private final int[] firsts;

        private final Chosen chosen;

        Whole(List<Part> some) {
            parts = some.stream()
                    .sorted(Comparator.comparingLong(part -> part.chosen.index(0)))
                    .toList();
            firsts = new int[parts.size()];
            for (int p = 1; p < firsts.length; p++) {
                firsts[p] = firsts[p - 1] + parts.get(p - 1).chosen.size();
            }
            chosen = Chosen.joined(parts.stream().map(Part::chosen).toList());
        }

        Chosen chosen() {
            return chosen;
        }

        /** The other columns of the sample at a place. */
        Object[] row(TableSchema schema, int place) {
            int found = Arrays.binarySearch(firsts, place);
            int p = found >= 0 ? found : -found - 2;
            Part part = parts.get(p);
            return RowBytes.row(schema, part.rows, part.starts[place - firsts[p]]);
        }
    }
}
