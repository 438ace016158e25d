package io.rela.projection;

import io.rela.moments.RowProduct;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;

/**
 * The linear map from a prior's features (D values) to targets (k values):
 *
 * <pre>
 * y_j = ((x − mean) · v_j) / scale_j,   and 0 where scale_j is 0
 * </pre>
 *
 * <p>Mean, axes and scale are float32, rounded once after fitting, so that a stored projection is the fitted one;
 * arithmetic is in double, the result float32. Over the rows that it was fitted to, targets have mean 0, and the population
 * variances of those dimensions that have any are 1 on average: each of them, or as {@link AxisScale} says (not for kind
 * {@code none}).
 *
 * <p>Of a consensus x is a feature, followed by what another prior makes of the same picture, and axes are two maps side by side, not of
 * unit length: {@link Consensus}.
 *
 * <p>Immutable, safe for threads, serialisable. A working copy of the axes, D × k doubles, is made at the first use in a
 * process.
 */
public final class Projection implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Fit fit;
    private final float[] mean;
    private final float[] components;
    private final float[] scale;
    private final float[] explainedVariance;
    private transient volatile RowProduct product;

    /**
     * Takes the arrays as they are, uncopied.
     *
     * @param mean D values
     * @param components k × D, row-major: one axis a row
     * @param scale k values, 0 where the dimension has no variance
     * @param explainedVariance k values: the variance along each axis, over N−1, or the squared correlation; 0 where there is none
     * @throws IllegalArgumentException if lengths do not fit or a value is not finite or negative where it cannot be
     */
    Projection(Fit fit, float[] mean, float[] components, float[] scale, float[] explainedVariance) {
        this.fit = fit;
        this.mean = mean;
        this.components = components;
        this.scale = scale;
        this.explainedVariance = explainedVariance;
        int k = scale.length;
        int d = mean.length;
        if (k < 1
                || k > d
                || fit.otherDimension() >= d
                || components.length != (long) k * d
                || explainedVariance.length != k) {
            throw new IllegalArgumentException("These are no projection: mean " + d + ", components "
                    + components.length + ", scale " + k + ", explained variance " + explainedVariance.length
                    + " values; wanted D, k·D, k, k with k at most D.");
        }
        requireFinite("mean", mean, false);
        requireFinite("components", components, false);
        requireFinite("scale", scale, true);
        requireFinite("explained variance", explainedVariance, true);
    }

    /**
     * What a projection was fitted to, and how.
     *
     * @param samples rows that it was fitted to, 1 or more
     * @param seed only random axes depend on it
     * @param totalVariance of all D dimensions, over N−1, finite and 0 or more; of a consensus the sum of all squared
     *     correlations
     * @param otherDimension how many of the D values are the other prior's, of a consensus; else 0
     */
    record Fit(ProjectionKind kind, long samples, long seed, double totalVariance, int otherDimension)
            implements Serializable {
        Fit {
            Objects.requireNonNull(kind, "kind");
            if (samples < 1 || !(totalVariance >= 0 && totalVariance < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("No projection is fitted to " + samples
                        + " samples with total variance " + totalVariance + ".");
            }
            if (otherDimension < 0 || (kind == ProjectionKind.CONSENSUS) != (otherDimension > 0)) {
                throw new IllegalArgumentException("A projection of kind " + kind.label() + " cannot have "
                        + otherDimension + " values of another prior.");
            }
        }
    }

    private static void requireFinite(String name, float[] values, boolean nonNegative) {
        for (float value : values) {
            if (!Float.isFinite(value) || (nonNegative && value < 0)) {
                throw new IllegalArgumentException("A projection's " + name + " cannot hold " + value + ".");
            }
        }
    }

    /**
     * The target of one feature, with the same bits as in a batch.
     *
     * @param feature D values
     * @return k values
     * @throws IllegalArgumentException if the feature has another length
     */
    public float[] project(float[] feature) {
        return project(feature, 1);
    }

    /**
     * The targets of a batch. A row's target does not depend on its place in the batch nor on the batch's size. NaN and
     * infinity in a row spoil that row only.
     *
     * @param features n × D values, row-major
     * @param n rows, 0 or more
     * @return n × k values, row-major
     * @throws IllegalArgumentException if there are not n·D values
     */
    public float[] project(float[] features, int n) {
        int d = mean.length;
        if (n < 0 || features.length != (long) n * d) {
            throw new IllegalArgumentException("The projection takes " + n + " rows of " + d + " values, and there are "
                    + features.length + " values.");
        }
        if (fit.kind() == ProjectionKind.NONE) {
            return features.clone();
        }
        return product().apply(features, n, this::scaled);
    }

    private void scaled(double[] sums, float[] targets, int at) {
        for (int j = 0; j < scale.length; j++) {
            targets[at + j] = scale[j] == 0 ? 0 : (float) (sums[j] / scale[j]);
        }
    }

    private RowProduct product() {
        RowProduct ready = product;
        if (ready == null) {
            ready = new RowProduct(components, mean, scale.length);
            product = ready;
        }
        return ready;
    }

    /** How the axes were chosen. */
    public ProjectionKind kind() {
        return fit.kind();
    }

    /** N, the rows that it was fitted to, 1 or more. */
    public long samples() {
        return fit.samples();
    }

    /** The seed it was fitted with; only random axes depend on it. */
    public long seed() {
        return fit.seed();
    }

    /** How many of the D values, the last ones, are those of another prior; 0 unless this is a consensus. */
    public int otherDimension() {
        return fit.otherDimension();
    }

    /** D, the values of a feature; of a consensus those of a feature and of the other prior's. */
    public int inputDimension() {
        return mean.length;
    }

    /** k, the values of a target. */
    public int outputDimension() {
        return scale.length;
    }

    /** A copy of the mean, D values. */
    public float[] mean() {
        return mean.clone();
    }

    /** A copy of the axes, k × D values, row-major. */
    public float[] components() {
        return components.clone();
    }

    /** A copy of what each dimension is divided by, k values; 0 where it has no variance. */
    public float[] scale() {
        return scale.clone();
    }

    /**
     * A copy of the variances along the axes, over N−1, of a consensus of the squared correlations, k values; 0 where the
     * dimension has none.
     */
    public float[] explainedVariance() {
        return explainedVariance.clone();
    }

    /** The variance of all D dimensions together, over N−1; of a consensus the sum of all squared correlations. */
    public double totalVariance() {
        return fit.totalVariance();
    }

    /** Output dimensions without variance, 0 to k. */
    public int zeroVariance() {
        int zero = 0;
        for (float variance : explainedVariance) {
            zero += variance == 0 ? 1 : 0;
        }
        return zero;
    }

    /** True for the same map, bit for bit, with the same statistics. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Projection that
                && fit.equals(that.fit)
                && Arrays.equals(mean, that.mean)
                && Arrays.equals(components, that.components)
                && Arrays.equals(scale, that.scale)
                && Arrays.equals(explainedVariance, that.explainedVariance);
    }

    @Override
    public int hashCode() {
        return Objects.hash(fit, Arrays.hashCode(mean), Arrays.hashCode(scale));
    }

    @Override
    public String toString() {
        return "Projection[" + fit.kind().label() + ", " + mean.length + " to " + scale.length + ", samples="
                + fit.samples() + "]";
    }
}
