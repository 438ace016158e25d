package io.rela.linear;

import java.util.Arrays;

/**
 * The sum over samples of cos(W x + b − m, y − m), in fixed point of 2^-32, so that its bits do not depend on the order of
 * the samples; exact up to 2^31 of them. One task's thread.
 */
final class CosineSum {
    private static final double ONE = 0x1.0p32;

    /** Samples that share a call of the map. */
    private static final int BATCH = 64;

    private final LinearMap map;
    private final double[] centre;
    private final float[] x;
    private final float[][] y = new float[BATCH][];
    private int waiting;
    private long sum;

    /** @param centre m, k values */
    CosineSum(LinearMap map, double[] centre) {
        this.map = map;
        this.centre = centre;
        this.x = new float[Math.multiplyExact(BATCH, map.inputDimension())];
    }

    void add(IndexedPair pair) {
        System.arraycopy(pair.x(), 0, x, waiting * map.inputDimension(), map.inputDimension());
        y[waiting++] = pair.y();
        if (waiting == BATCH) {
            measure();
        }
    }

    /** The sum so far, in units of 2^-32. */
    long fixedPoint() {
        measure();
        return sum;
    }

    /** The mean of a sum over samples, in [−1, 1]. */
    static double mean(long fixedPoint, long samples) {
        return fixedPoint / ONE / samples;
    }

    private void measure() {
        int d = map.inputDimension();
        int k = centre.length;
        float[] images = map.apply(Arrays.copyOf(x, waiting * d), waiting);
        for (int r = 0; r < waiting; r++) {
            sum = Math.addExact(sum, Math.round(cosine(images, r * k, y[r]) * ONE));
        }
        waiting = 0;
    }

    private double cosine(float[] images, int at, float[] wanted) {
        double product = 0;
        double imageSquare = 0;
        double wantedSquare = 0;
        for (int j = 0; j < centre.length; j++) {
            double a = images[at + j] - centre[j];
            double b = wanted[j] - centre[j];
            product += a * b;
            imageSquare += a * a;
            wantedSquare += b * b;
        }
        if (imageSquare == 0 || wantedSquare == 0) {
            return 0;
        }
        return Math.max(-1, Math.min(1, product / (Math.sqrt(imageSquare) * Math.sqrt(wantedSquare))));
    }
}
