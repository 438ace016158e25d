package io.rela.projection;

import io.rela.Flag;
import io.rela.moments.Moments;

/**
 * Fits axes that two priors share: the map from a sample's features under both, [x; y], to the averages of their canonical
 * variates. Driver only; plain functions, safe for threads.
 *
 * <p>With {@link CanonicalAxes}' a_j and b_j, each divided by the population standard deviation of its values over the samples,
 * and m the mean of [x; y],
 *
 * <pre>
 * z_j = ½ (a_j · (x − m_x) + b_j · (y − m_y)),
 * </pre>
 *
 * brought to the population variance ρ_j², the squared canonical correlation, which stands where principal axes have
 * their variance: {@link AxisScale#none} weights an axis by its correlation, {@link AxisScale#axis} brings each to variance 1,
 * and {@link Dimensions} other than a number look at the ρ². Axes come in the order of descending ρ_j; in each, the component of largest
 * magnitude of a_j is positive, the first one at a tie.
 */
public final class Consensus {
    /**
     * The ridge, in mean variances of a dimension. Without it two priors of 1,280 values agree perfectly on as many pictures,
     * whatever the pictures. Of mobilenet_v2 and efficientnet_lite0, fitted to 2,000 and 3,000 CIFAR-10 pictures, the
     * correlations on 1,000 others were largest at 1, among .001, .01, .1, .3, 1 and 3, and then differ little from the ρ of the fit.
     */
    public static final double RIDGE = 1;

    private Consensus() {}

    /**
     * Fits the axes.
     *
     * @param axes of kind {@code consensus}
     * @param joint moments of the rows [x; y]
     * @param ours values of x, 1 or more and fewer than joint has
     * @throws IllegalArgumentException if k is more than x or y have values, or there are fewer than two samples
     * @throws ArithmeticException if LAPACK fails
     */
    public static Projection fit(Axes axes, Moments joint, int ours) {
        if (axes.kind() != ProjectionKind.CONSENSUS || ours < 1 || ours >= joint.dimension()) {
            throw new IllegalArgumentException(
                    "There is no consensus of kind " + axes.kind().label() + " between " + ours + " of "
                            + joint.dimension() + " values and the others.");
        }
        if (joint.count() < 2) {
            throw new IllegalArgumentException("Axes that two priors share need two samples or more, there is "
                    + joint.count() + ": give more samples.");
        }
        CanonicalAxes canonical = new CanonicalAxes(joint, ours, RIDGE);
        int k = axes.dimensions().number().orElseGet(() -> axes.dimensions()
                .resolve(canonical.squares(), joint.count()));
        if (k > canonical.most()) {
            throw new IllegalArgumentException("The priors give " + ours + " and " + (joint.dimension() - ours)
                    + " values, " + Flag.DIMENSIONS + " asks for " + k + ": ask for " + canonical.most() + " or less.");
        }
        CanonicalAxes.Variates variates = canonical.largest(k);
        float[] components = components(canonical, variates, joint);
        Projections.fixSigns(components, k, joint.dimension(), ours);
        float[] squares = new float[k];
        for (int j = 0; j < k; j++) {
            squares[j] = (float) variates.squares()[j];
        }
        double mean = canonical.total() / canonical.most();
        return new Projection(
                new Projection.Fit(
                        ProjectionKind.CONSENSUS,
                        joint.count(),
                        axes.seed(),
                        canonical.total(),
                        joint.dimension() - ours),
                Projections.mean(joint),
                components,
                axes.scale().divisors(variates.squares(), mean),
                squares);
    }

    /** One row for each axis: what x is multiplied by, then what y is. */
    private static float[] components(CanonicalAxes canonical, CanonicalAxes.Variates variates, Moments joint) {
        int width = joint.dimension();
        float[] components = new float[Math.multiplyExact(variates.squares().length, width)];
        for (int j = 0; j < variates.squares().length; j++) {
            double correlation = Math.sqrt(variates.squares()[j]);
            double[] a = variates.own()[j];
            double[] b = variates.other()[j];
            if (correlation == 0) {
                continue;
            }
            double deviationA = Math.sqrt(canonical.ownSquare(a) / joint.count());
            double deviationB = Math.sqrt(canonical.otherSquare(b) / joint.count());
            // Of two values of variance 1 the average has variance (1 + r) / 2, r their correlation over the samples.
            double r = Math.min(1, correlation / joint.count() / (deviationA * deviationB));
            double factor = correlation / (2 * Math.sqrt((1 + r) / 2));
            for (int i = 0; i < a.length; i++) {
                components[j * width + i] = (float) (a[i] / deviationA * factor);
            }
            for (int i = 0; i < b.length; i++) {
                components[j * width + a.length + i] = (float) (b[i] / deviationB * factor);
            }
        }
        return components;
    }
}
