package io.rela.testing;

import io.rela.rank.Population;
import io.rela.rank.Rule;
import io.rela.rank.Stand;
import io.rela.select.Policies;
import io.rela.select.Selection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/**
 * Samples in arrays, seen as Spark would show them: in a random order, in parts, each by a copy of the empty statistic
 * that went through serialisation, and merged in a random order.
 */
public final class InMemoryPopulation implements Population {
    private static final int PARTS = 3;

    private final long[] index;
    private final float[] loss;
    private final float[] reference;
    private final int[] label;
    private final Random order;

    public InMemoryPopulation(long[] index, float[] loss, float[] reference, int[] label, long order) {
        this.index = index;
        this.loss = loss;
        this.reference = reference;
        this.label = label;
        this.order = new Random(order);
    }

    /** Samples 0, 1 and so on, without classes. */
    public static InMemoryPopulation of(float... loss) {
        int[] label = new int[loss.length];
        Arrays.fill(label, NO_CLASS);
        return of(loss, label);
    }

    /** Samples 0, 1 and so on, all with a reference loss. */
    public static InMemoryPopulation of(float[] loss, int[] label) {
        return of(loss, Policies.references(loss.length), label);
    }

    /** Samples 0, 1 and so on. */
    public static InMemoryPopulation of(float[] loss, float[] reference, int[] label) {
        long[] index = new long[loss.length];
        Arrays.setAll(index, i -> i);
        return new InMemoryPopulation(index, loss, reference, label, loss.length);
    }

    /** What a rule chooses: weights by index, ascending. */
    public NavigableMap<Long, Float> chosen(Selection.Settled settled) {
        Rule rule = copy(settled.rule());
        NavigableMap<Long, Float> chosen = new TreeMap<>();
        for (int i = 0; i < index.length; i++) {
            Stand stand = settled.stand();
            float weight = rule.weight(index[i], stand.ofLoss(loss[i]), stand.ofReference(reference[i]), label[i]);
            if (weight != 0) {
                chosen.put(index[i], weight);
            }
        }
        return chosen;
    }

    @Override
    public long size() {
        return index.length;
    }

    @Override
    public <S extends Statistic<S>> S scan(S empty) {
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < index.length; i++) {
            rows.add(i);
        }
        Collections.shuffle(rows, order);
        List<S> parts = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
            S seen = copy(empty);
            int end = (int) ((part + 1L) * rows.size() / PARTS);
            for (int row : rows.subList((int) ((long) part * rows.size() / PARTS), end)) {
                seen.add(index[row], loss[row], reference[row], label[row]);
            }
            parts.add(part == 0 ? copy(seen) : seen);
        }
        while (parts.size() > 1) {
            S right = parts.remove(order.nextInt(parts.size()));
            parts.get(order.nextInt(parts.size())).merge(right);
        }
        return parts.get(0);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Serializable> T copy(T object) {
        return (T) read(bytes(object));
    }

    private static byte[] bytes(Serializable object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static Object read(byte[] bytes) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
