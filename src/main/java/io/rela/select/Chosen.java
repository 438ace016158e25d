package io.rela.select;

import io.rela.rank.Draw;
import io.rela.table.RowBytes;
import io.rela.table.TableSchema;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Chosen samples in ascending order, as arrays: 16 bytes a sample. One thread at a time. */
final class Chosen implements Serializable {
    private static final long serialVersionUID = 1L;

    private long[] index = new long[16];
    private float[] loss = new float[16];
    private float[] weight = new float[16];
    private int size;

    /** Samples of neighbouring ranges, put together. */
    static Chosen joined(List<Chosen> parts) {
        List<Chosen> ordered = parts.stream()
                .filter(part -> part.size > 0)
                .sorted(Comparator.comparingLong(part -> part.index[0]))
                .toList();
        Chosen all = new Chosen();
        all.grow(ordered.stream().mapToInt(part -> part.size).reduce(0, Math::addExact));
        for (Chosen part : ordered) {
            System.arraycopy(part.index, 0, all.index, all.size, part.size);
            System.arraycopy(part.loss, 0, all.loss, all.size, part.size);
            System.arraycopy(part.weight, 0, all.weight, all.size, part.size);
            all.size += part.size;
        }
        return all;
    }

    void add(long sample, float itsLoss, float itsWeight) {
        if (size == index.length) {
            grow(2 * size);
        }
        index[size] = sample;
        loss[size] = itsLoss;
        weight[size] = itsWeight;
        size++;
    }

    /** Gives back what it does not need. */
    Chosen trimmed() {
        grow(size);
        return this;
    }

    private void grow(int capacity) {
        index = Arrays.copyOf(index, capacity);
        loss = Arrays.copyOf(loss, capacity);
        weight = Arrays.copyOf(weight, capacity);
    }

    int size() {
        return size;
    }

    /** A copy of the indices, ascending. */
    long[] indices() {
        return Arrays.copyOf(index, size);
    }

    long index(int at) {
        return index[at];
    }

    float loss(int at) {
        return loss[at];
    }

    float weight(int at) {
        return weight[at];
    }

    /** The places of all samples in ascending order of the draw's bits, unsigned; of equal bits the lower index first. */
    int[] shuffled(Draw draw) {
        int placeBits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, size - 1));
        long placeMask = (1L << placeBits) - 1;
        long[] keys = new long[size];
        for (int i = 0; i < size; i++) {
            // Sorted as signed numbers, with the place where the lowest bits were.
            keys[i] = ((draw.bits(index[i]) ^ Long.MIN_VALUE) & ~placeMask) | i;
        }
        Arrays.sort(keys);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = (int) (keys[i] & placeMask);
            for (int j = i; j > 0 && (keys[j - 1] & ~placeMask) == (keys[i] & ~placeMask); j--) {
                // Equal but for the lowest bits, which decide.
                long above = draw.bits(index[order[j - 1]]) & placeMask;
                long below = draw.bits(index[order[j]]) & placeMask;
                if (above <= below) {
                    break;
                }
                int swapped = order[j - 1];
                order[j - 1] = order[j];
                order[j] = swapped;
            }
        }
        return order;
    }

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
