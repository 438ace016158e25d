package io.rela.probe;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Brings inputs to a common scale: x_j becomes (x_j − mean_j) / deviation_j, and 0 where the deviation is 0. Immutable; its
 * arrays are not copied.
 *
 * @param mean D values
 * @param deviation D values, 0 or more
 */
record Standardization(double[] mean, double[] deviation) implements Serializable {
    /** Leaves D inputs as they are. */
    static Standardization none(int dimension) {
        double[] ones = new double[dimension];
        Arrays.fill(ones, 1);
        return new Standardization(new double[dimension], ones);
    }

    /** The inputs of one sample, in memory of their own. */
    double[] apply(float[] values) {
        double[] scaled = new double[mean.length];
        for (int j = 0; j < scaled.length; j++) {
            scaled[j] = deviation[j] == 0 ? 0 : (values[j] - mean[j]) / deviation[j];
        }
        return scaled;
    }

    /** Number of inputs without variance. */
    int withoutVariance() {
        int constant = 0;
        for (double each : deviation) {
            constant += each == 0 ? 1 : 0;
        }
        return constant;
    }
}
