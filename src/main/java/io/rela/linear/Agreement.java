package io.rela.linear;

import io.rela.moments.Moments;

/**
 * How well a map's images W x + b agree with y over a set of samples. Residuals and variances are summed over all k
 * dimensions of y.
 *
 * @param samples rows that it was measured on, 1 or more
 * @param r2 1 − Σ|y − W x − b|² / Σ|y − ȳ|², ȳ the mean of these rows; at most 1, negative where the map is worse than ȳ, and
 *     0 where y does not vary
 * @param explainedVariance 1 − variance of the residuals / variance of y: as r2, but a constant shift costs nothing; at
 *     most 1, and 0 where y does not vary
 * @param meanCosine mean over the rows of cos(W x + b − m, y − m), m the training rows' mean of y; in [−1, 1], a zero vector
 *     gives 0
 */
public record Agreement(long samples, double r2, double explainedVariance, double meanCosine) {

    /** Refuses figures out of range. */
    public Agreement {
        if (samples < 1 || !(r2 <= 1 && explainedVariance <= 1 && meanCosine >= -1 && meanCosine <= 1)) {
            throw new IllegalArgumentException("There is no agreement of " + samples + " samples with R² " + r2
                    + ", explained variance " + explainedVariance + ", mean cosine " + meanCosine + ".");
        }
    }

    /**
     * Residuals in closed form from the moments of the rows [x; y]: with e = y − W x − b,
     *
     * <pre>
     * Σ|e − ē|² = tr(Syy − 2 W Sxy + W Sxx Wᵀ),   ē = ȳ − W x̄ − b
     * </pre>
     *
     * @param joint of D + k dimensions
     */
    static Agreement of(LinearMap map, Moments joint, double meanCosine) {
        int inputs = map.inputDimension();
        int outputs = map.outputDimension();
        float[] weights = map.weights();
        float[] bias = map.bias();
        double[] mean = joint.mean();
        double[][] s = joint.comomentRows();
        double total = 0;
        double scattered = 0;
        double shifted = 0;
        for (int j = 0; j < outputs; j++) {
            int y = inputs + j;
            int row = j * inputs;
            double square = s[y][y];
            double shift = mean[y] - bias[j];
            for (int i = 0; i < inputs; i++) {
                double product = 0;
                for (int l = 0; l < inputs; l++) {
                    product += weights[row + l] * s[i][l];
                }
                square += weights[row + i] * (product - 2 * s[i][y]);
                shift -= weights[row + i] * mean[i];
            }
            total += s[y][y];
            // A perfect map's difference of equal sums can round to below 0.
            scattered += Math.max(0, square);
            shifted += shift * shift;
        }
        double explained = total == 0 ? 0 : 1 - scattered / total;
        double r2 = total == 0 ? 0 : 1 - (scattered + joint.count() * shifted) / total;
        return new Agreement(joint.count(), r2, explained, meanCosine);
    }
}
