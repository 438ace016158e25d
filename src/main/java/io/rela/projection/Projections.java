package io.rela.projection;

import io.rela.Flag;
import io.rela.moments.Kernel;
import io.rela.moments.Moments;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Fits projections to moments. Driver only; plain functions, safe for threads.
 *
 * <p>Source: P. Sun, Y. Jiang, T. Lin, "Efficiency for Free: Ideal Data Are Transportable Representations" (arXiv
 * 2405.14669) and its reference implementation's {@code boostor/rela.py}: covariance over N−1, the k largest axes,
 * standardised by the population standard deviation. Beyond it, order and sign are fixed, a dimension without variance becomes
 * 0, and axes may have {@link AxisScale other scales}.
 */
public final class Projections {
    /**
     * A dimension whose variance is this part of the largest one's, or less, counts as having none: a millionth of the
     * largest standard deviation is what eigenvalues of float32 data leave as rounding noise.
     */
    static final double NO_VARIANCE = 1e-12;

    private Projections() {}

    /**
     * Fits axes and their scale.
     *
     * <ul>
     *   <li>{@code PCA}: the k eigenvectors of the covariance with the largest eigenvalues, descending. In each, the
     *       component of largest magnitude is positive, the first one at a tie.
     *   <li>{@code RANDOM}: k orthonormal axes of a Gaussian matrix; the same seed gives the same axes everywhere.
     *   <li>{@code NONE}: the identity with mean 0 and scale 1; the other settings are ignored.
     * </ul>
     *
     * Fewer samples than dimensions are legal: what has no variance becomes 0 and is counted.
     *
     * @throws IllegalArgumentException if k is more than D, or there are fewer than two samples for PCA
     * @throws ArithmeticException if LAPACK does not converge
     */
    public static Projection fit(Axes axes, Moments moments) {
        if (axes.kind() == ProjectionKind.NONE) {
            return identity(moments, axes.seed());
        }
        if (axes.kind() == ProjectionKind.CONSENSUS) {
            throw new IllegalArgumentException(
                    "Axes that two priors share are fitted to the features of both: ask for" + " pca, random or none.");
        }
        if (axes.kind() == ProjectionKind.PCA && moments.count() < 2) {
            throw new IllegalArgumentException("Principal axes need two samples or more, there is " + moments.count()
                    + ": give more samples, or ask for " + Flag.PROJECTION + " random or none.");
        }
        int d = moments.dimension();
        OptionalInt asked = axes.dimensions().number();
        if (asked.orElse(0) > d) {
            throw new IllegalArgumentException("The prior gives " + d + " values, " + Flag.DIMENSIONS + " asks for "
                    + asked.getAsInt() + ": ask for " + d + " or less.");
        }
        if (axes.kind() == ProjectionKind.RANDOM && asked.isPresent()) {
            return random(axes, moments, asked.getAsInt());
        }
        SymmetricEigen eigen = SymmetricEigen.of(moments.comomentRows());
        int k = asked.orElseGet(() -> axes.dimensions().resolve(spectrum(eigen, moments.count()), moments.count()));
        return axes.kind() == ProjectionKind.PCA
                ? principal(axes, moments, eigen.largest(k))
                : random(axes, moments, k);
    }

    private static Projection principal(Axes axes, Moments moments, SymmetricEigen.Pairs pairs) {
        float[] components = rounded(pairs.vectors());
        fixSigns(components, pairs.values().length, moments.dimension(), moments.dimension());
        return scaled(axes, moments, components, pairs.values());
    }

    private static Projection random(Axes axes, Moments moments, int k) {
        int d = moments.dimension();
        float[] components = rounded(GaussianMatrix.orthonormal(k, d, axes.seed()));
        return scaled(axes, moments, components, squares(moments, components, k));
    }

    private static Projection identity(Moments moments, long seed) {
        int d = moments.dimension();
        float[] components = new float[Math.multiplyExact(d, d)];
        float[] scale = new float[d];
        double[] squares = new double[d];
        for (int i = 0; i < d; i++) {
            components[i * d + i] = 1;
            scale[i] = 1;
            squares[i] = moments.comoment(i, i);
        }
        float[] variances = variances(squares, moments.count());
        return new Projection(fit(ProjectionKind.NONE, moments, seed), new float[d], components, scale, variances);
    }

    /** @param squares k values: Σ ((x − mean) · v_j)² over the samples */
    private static Projection scaled(Axes axes, Moments moments, float[] components, double[] squares) {
        float[] variances = variances(squares, moments.count());
        double[] population = new double[squares.length];
        for (int j = 0; j < population.length; j++) {
            population[j] = variances[j] == 0 ? 0 : squares[j] / moments.count();
        }
        return new Projection(
                fit(axes.kind(), moments, axes.seed()),
                mean(moments),
                components,
                axes.scale().divisors(population, meanVariance(moments)),
                variances);
    }

    static float[] mean(Moments moments) {
        double[] exact = moments.mean();
        float[] mean = new float[exact.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) exact[i];
        }
        return mean;
    }

    /** Population variance of a dimension, over those that have any; 0 where none has. */
    private static double meanVariance(Moments moments) {
        double largest = 0;
        for (int i = 0; i < moments.dimension(); i++) {
            largest = Math.max(largest, moments.comoment(i, i));
        }
        double sum = 0;
        int alive = 0;
        for (int i = 0; i < moments.dimension(); i++) {
            if (moments.comoment(i, i) > NO_VARIANCE * largest) {
                sum += moments.comoment(i, i);
                alive++;
            }
        }
        return alive == 0 ? 0 : sum / alive / moments.count();
    }

    /** The variances along all D principal axes, over N−1, descending, and exactly 0 where there is none. */
    private static double[] spectrum(SymmetricEigen eigen, long count) {
        double[] values = eigen.values();
        double[] spectrum = new double[values.length];
        for (int j = 0; j < values.length; j++) {
            spectrum[j] = values[j] <= NO_VARIANCE * values[0] ? 0 : values[j] / (count - 1);
        }
        return spectrum;
    }

    /** Over N−1, and exactly 0 where there is none. */
    private static float[] variances(double[] squares, long count) {
        double largest = 0;
        for (double square : squares) {
            largest = Math.max(largest, square);
        }
        float[] variances = new float[squares.length];
        for (int j = 0; j < variances.length; j++) {
            boolean none = squares[j] <= NO_VARIANCE * largest;
            variances[j] = none ? 0 : (float) (squares[j] / (count - 1));
        }
        return variances;
    }

    private static Projection.Fit fit(ProjectionKind kind, Moments moments, long seed) {
        return new Projection.Fit(kind, moments.count(), seed, totalVariance(moments), 0);
    }

    private static double totalVariance(Moments moments) {
        double trace = 0;
        for (int i = 0; i < moments.dimension(); i++) {
            trace += moments.comoment(i, i);
        }
        return trace / Math.max(1, moments.count() - 1);
    }

    /** v_jᵀ M v_j for each axis. */
    private static double[] squares(Moments moments, float[] components, int k) {
        int d = moments.dimension();
        double[][] columns = Kernel.paddedRows(d, k);
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < k; j++) {
                columns[i][j] = components[j * d + i];
            }
        }
        double[][] matrix = moments.comomentRows();
        double[] squares = new double[k];
        for (int i = 0; i < d; i++) {
            double[] m = Arrays.copyOf(matrix[i], columns.length);
            double[] product = new double[k];
            for (int l = 0; l < columns.length; l += 4) {
                Kernel.addFour(
                        product,
                        columns[l],
                        columns[l + 1],
                        columns[l + 2],
                        columns[l + 3],
                        m[l],
                        m[l + 1],
                        m[l + 2],
                        m[l + 3],
                        0,
                        k);
            }
            for (int j = 0; j < k; j++) {
                squares[j] += columns[i][j] * product[j];
            }
        }
        return squares;
    }

    private static float[] rounded(double[][] axes) {
        int d = axes[0].length;
        float[] rounded = new float[Math.multiplyExact(axes.length, d)];
        for (int j = 0; j < axes.length; j++) {
            for (int i = 0; i < d; i++) {
                rounded[j * d + i] = (float) axes[j][i];
            }
        }
        return rounded;
    }

    /**
     * Makes the component of largest magnitude positive in each of k axes of d values, after rounding, so that a tie of the stored
     * values is decided by position.
     *
     * @param first of the d values, among which the largest is looked for
     */
    static void fixSigns(float[] components, int k, int d, int first) {
        for (int j = 0; j < k; j++) {
            int largest = j * d;
            for (int i = j * d; i < j * d + first; i++) {
                if (Math.abs(components[i]) > Math.abs(components[largest])) {
                    largest = i;
                }
            }
            if (components[largest] < 0) {
                for (int i = j * d; i < (j + 1) * d; i++) {
                    components[i] = 0 - components[i];
                }
            }
        }
    }
}
