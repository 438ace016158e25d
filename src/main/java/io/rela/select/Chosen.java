package io.rela.select;

import io.rela.rank.Draw;
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
}
