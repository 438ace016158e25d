package io.rela.testing;

import io.rela.moments.IndexedFeature;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** Features for tests: correlated, off centre, the same for the same seed. */
public final class Samples {
    private Samples() {}

    /** n × d values. */
    public static float[] rows(int n, int d, long seed) {
        Random random = new Random(seed);
        float[] rows = new float[n * d];
        for (int r = 0; r < n; r++) {
            double shared = random.nextGaussian();
            for (int j = 0; j < d; j++) {
                rows[r * d + j] = (float) (j + shared * (j % 3) + random.nextGaussian() / (1 + j));
            }
        }
        return rows;
    }

    /** Rows with the indices given, in that order. */
    public static List<IndexedFeature> indexed(long[] indices, int d, long seed) {
        float[] rows = rows(indices.length, d, seed);
        List<IndexedFeature> features = new ArrayList<>();
        for (int r = 0; r < indices.length; r++) {
            features.add(new IndexedFeature(indices[r], row(rows, r, d)));
        }
        return features;
    }

    public static float[] row(float[] rows, int r, int d) {
        float[] row = new float[d];
        System.arraycopy(rows, r * d, row, 0, d);
        return row;
    }

    /** Ascending indices below end, about share of them. */
    public static long[] holes(int end, double share, long seed) {
        Random random = new Random(seed);
        return LongStream.range(0, end)
                .filter(index -> random.nextDouble() < share)
                .toArray();
    }
}
