package io.rela.testing;

import io.rela.linear.IndexedPair;
import io.rela.moments.Moments;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Pairs for tests, the same for the same seed. */
public final class Pairs {
    private Pairs() {}

    /** x of 4 values, correlated and off centre; y of 3, linear in x but for noise of this deviation. */
    public static List<IndexedPair> linear(long[] indices, double noise, long seed) {
        Random random = new Random(seed);
        List<IndexedPair> pairs = new ArrayList<>();
        for (long index : indices) {
            double shared = random.nextGaussian();
            float[] x = new float[4];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) (i + shared * (i % 2) + random.nextGaussian());
            }
            float[] y = {
                (float) (x[0] - 2.0 * x[1] + 5 + noise * random.nextGaussian()),
                (float) (0.5 * x[2] + noise * random.nextGaussian()),
                (float) (x[3] + x[0] - 1 + noise * random.nextGaussian())
            };
            pairs.add(new IndexedPair(index, x, y));
        }
        return pairs;
    }

    /** x and y of 4 and 3 values that have nothing to do with each other. */
    public static List<IndexedPair> independent(long[] indices, long seed) {
        Random random = new Random(seed);
        List<IndexedPair> pairs = new ArrayList<>();
        for (long index : indices) {
            pairs.add(new IndexedPair(index, gaussian(random, 4), gaussian(random, 3)));
        }
        return pairs;
    }

    private static float[] gaussian(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Moments of the joined rows. */
    public static Moments moments(List<IndexedPair> pairs) {
        int inputs = pairs.get(0).x().length;
        int d = inputs + pairs.get(0).y().length;
        float[] rows = new float[pairs.size() * d];
        int at = 0;
        for (IndexedPair pair : pairs) {
            System.arraycopy(pair.x(), 0, rows, at, inputs);
            System.arraycopy(pair.y(), 0, rows, at + inputs, d - inputs);
            at += d;
        }
        return Moments.ofBlock(rows, pairs.size(), d);
    }
}
