package io.rela.linear;

import dev.ludovic.netlib.lapack.JavaLAPACK;
import io.rela.moments.Moments;
import org.netlib.util.intW;

/**
 * Fits linear maps to moments by ridge regression. Driver only; plain functions, safe for threads.
 *
 * <p>Source: the linear transport between representations of P. Sun, Y. Jiang, T. Lin, "Efficiency for Free: Ideal Data Are
 * Transportable Representations" (arXiv 2405.14669), in closed form instead of by gradient descent.
 */
public final class LinearMaps {
    /**
     * The smallest relative ridge: with less, rounding can make a matrix of collinear dimensions indefinite, which Cholesky's
     * factorisation refuses.
     */
    static final double SMALLEST_RIDGE = 1e-9;

    private LinearMaps() {}

    /**
     * Fits y = W x + b, the intercept unpenalised. With the co-moments S of the rows [x; y]:
     *
     * <pre>
     * W = Syx (Sxx + λ I)⁻¹,   b = ȳ − W x̄,   λ = ridge · trace(Sxx) / D
     * </pre>
     *
     * so that ridge has no unit: it is relative to the mean variance of a dimension of x, and multiplying x by a number
     * divides W by it. A dimension of x without variance has weight 0; where no dimension has any, W is 0 and b is ȳ. LAPACK
     * runs in Java: the bits do not depend on a native library. About 5 s for D = 2048, k = 512.
     *
     * @param joint moments of the rows [x; y], D + k values
     * @param inputs D, the values of x, 1 or more and fewer than joint has
     * @param ridge finite, 0 or more; below 1e-9 it counts as 1e-9. Less fits the training rows better, more is steadier
     *     where rows are few; 1e-3 is a fair choice.
     * @throws IllegalArgumentException if an argument is out of range, there are fewer than two rows, or a weight would not
     *     fit float32
     * @throws ArithmeticException if the factorisation fails
     */
    public static LinearMap fit(Moments joint, int inputs, double ridge) {
        int outputs = joint.dimension() - inputs;
        if (inputs < 1 || outputs < 1) {
            throw new IllegalArgumentException("Rows of " + joint.dimension() + " values cannot hold an x of " + inputs
                    + " and a y: give x 1 value or more, and fewer than all.");
        }
        requireRidge(ridge);
        if (joint.count() < 2) {
            throw new IllegalArgumentException("A linear map needs two training samples or more, there is "
                    + joint.count() + ": give more samples, or a larger share of them to train on.");
        }
        float[] weights = weights(joint, inputs, ridge);
        double[] mean = joint.mean();
        float[] bias = new float[outputs];
        for (int j = 0; j < outputs; j++) {
            double image = 0;
            for (int i = 0; i < inputs; i++) {
                image += weights[j * inputs + i] * mean[i];
            }
            bias[j] = (float) (mean[inputs + j] - image);
        }
        return new LinearMap(weights, bias);
    }

    static void requireRidge(double ridge) {
        if (!(ridge >= 0 && ridge < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("The ridge is " + ridge + ": give a finite number of 0 or more.");
        }
    }

    private static float[] weights(Moments joint, int inputs, double ridge) {
        int outputs = joint.dimension() - inputs;
        float[] weights = new float[Math.multiplyExact(outputs, inputs)];
        double trace = 0;
        for (int i = 0; i < inputs; i++) {
            trace += joint.comoment(i, i);
        }
        double lambda = Math.max(ridge, SMALLEST_RIDGE) * trace / inputs;
        if (lambda == 0) {
            return weights;
        }
        double[] factor = new double[Math.multiplyExact(inputs, inputs)];
        for (int i = 0; i < inputs; i++) {
            for (int l = 0; l < inputs; l++) {
                factor[i * inputs + l] = joint.comoment(i, l);
            }
            factor[i * inputs + i] += lambda;
        }
        double[] solution = new double[weights.length];
        for (int j = 0; j < outputs; j++) {
            for (int i = 0; i < inputs; i++) {
                solution[j * inputs + i] = joint.comoment(i, inputs + j);
            }
        }
        solve(factor, solution, inputs, outputs);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) solution[i];
        }
        return weights;
    }

    /** Solves the symmetric system for columns right-hand sides in place; both arrays are column-major. */
    private static void solve(double[] matrix, double[] sides, int size, int columns) {
        intW info = new intW(0);
        JavaLAPACK.getInstance().dpotrf("U", size, matrix, size, info);
        if (info.val == 0) {
            JavaLAPACK.getInstance().dpotrs("U", size, columns, matrix, size, sides, size, info);
        }
        if (info.val != 0) {
            throw new ArithmeticException("Cholesky's factorisation of a " + size + " × " + size
                    + " matrix fails: info " + info.val + ". Raise the ridge.");
        }
    }
}
