package io.rela.projection;

import dev.ludovic.netlib.lapack.JavaLAPACK;
import io.rela.moments.Kernel;
import io.rela.moments.Moments;
import java.util.Arrays;
import org.netlib.util.intW;

/**
 * Canonical correlation analysis of two representations x (D₁ values) and y (D₂ values) of the same samples (H. Hotelling,
 * "Relations between two sets of variates", Biometrika 1936), with a ridge (H. D. Vinod, "Canonical ridge and econometrics of
 * joint production", 1976). With the co-moments M of the rows [x; y],
 *
 * <pre>
 * Sxx = Mxx + ridge · trace(Mxx)/D₁ · I = Uxᵀ Ux,   Syy likewise
 * K   = Ux⁻ᵀ Mxy Uy⁻¹,   its singular values ρ_j, its singular vectors u_j and v_j
 * a_j = Ux⁻¹ u_j,   b_j = Uy⁻¹ v_j
 * </pre>
 *
 * The ρ_j, in [0, 1] and descending, are the canonical correlations, drawn towards 0 by the ridge. LAPACK runs in Java: the bits do not
 * depend on a native library. Driver only; holds about four matrices of (D₁ + D₂)² / 4 doubles.
 */
final class CanonicalAxes {
    /** Rows of a product that are summed together. */
    private static final int PANEL = 16;

    private final int ours;
    private final int theirs;
    private final Side x;
    private final Side y;
    /** D₁ rows of D₂ values. */
    private final double[][] k;
    /** Of K Kᵀ, whose eigenvalues are ρ². */
    private final SymmetricEigen eigen;
    /** Σ ρ². */
    private final double total;

    /** One representation: its factor U, column-major, and what was added to the diagonal of M. */
    private record Side(double[] factor, int size, double added) {
        /** Of the values from {@code first} to before {@code end}. */
        static Side of(Moments joint, int first, int end, double ridge) {
            int size = end - first;
            double[] factor = new double[Math.multiplyExact(size, size)];
            double trace = 0;
            for (int i = 0; i < size; i++) {
                trace += joint.comoment(first + i, first + i);
            }
            double added = trace == 0 ? 1 : ridge * trace / size;
            for (int i = 0; i < size; i++) {
                for (int l = 0; l < size; l++) {
                    factor[i * size + l] = joint.comoment(first + i, first + l);
                }
                factor[i * size + i] += added;
            }
            intW info = new intW(0);
            JavaLAPACK.getInstance().dpotrf("U", size, factor, size, info);
            require(info, "dpotrf", size);
            return new Side(factor, size, added);
        }

        /** Solves Uᵀ X = B (transposed) or U X = B in place; B has {@code columns} columns, column-major. */
        void solve(boolean transposed, double[] sides, int columns) {
            intW info = new intW(0);
            JavaLAPACK.getInstance()
                    .dtrtrs("U", transposed ? "T" : "N", "N", size, columns, factor, size, sides, size, info);
            require(info, "dtrtrs", size);
        }

        private static void require(intW info, String routine, int size) {
            if (info.val != 0) {
                throw new ArithmeticException("LAPACK's " + routine + " fails for a " + size + " × " + size
                        + " matrix: info " + info.val + ".");
            }
        }
    }

    /**
     * Pairs of variates.
     *
     * @param squares ρ², descending; exactly 0 where there is no correlation
     * @param own a, one of D₁ values for each; of no meaning where there is no correlation
     * @param other b, one of D₂ values for each; likewise
     */
    record Variates(double[] squares, double[][] own, double[][] other) {}

    /**
     * @param joint moments of the rows [x; y], of two samples or more
     * @param ours D₁, 1 or more and fewer than joint has
     * @param ridge above 0: a part of the mean variance of a dimension
     */
    CanonicalAxes(Moments joint, int ours, double ridge) {
        this.ours = ours;
        this.theirs = joint.dimension() - ours;
        this.x = Side.of(joint, 0, ours, ridge);
        this.y = Side.of(joint, ours, joint.dimension(), ridge);
        double[] half = new double[Math.multiplyExact(ours, theirs)];
        for (int j = 0; j < theirs; j++) {
            for (int i = 0; i < ours; i++) {
                half[j * ours + i] = joint.comoment(i, ours + j);
            }
        }
        x.solve(true, half, theirs);
        double[] whole = new double[half.length];
        for (int i = 0; i < ours; i++) {
            for (int j = 0; j < theirs; j++) {
                whole[i * theirs + j] = half[j * ours + i];
            }
        }
        y.solve(true, whole, ours);
        this.k = new double[ours][];
        for (int i = 0; i < ours; i++) {
            k[i] = Arrays.copyOfRange(whole, i * theirs, (i + 1) * theirs);
        }
        double[][] gram = gram(k, theirs);
        double trace = 0;
        for (int i = 0; i < ours; i++) {
            trace += gram[i][i];
        }
        this.total = trace;
        this.eigen = SymmetricEigen.of(gram);
    }

    private static double[][] gram(double[][] rows, int width) {
        int n = rows.length;
        double[][] columns = Kernel.paddedRows(width, n);
        for (int j = 0; j < width; j++) {
            for (int i = 0; i < n; i++) {
                columns[j][i] = rows[i][j];
            }
        }
        double[][] gram = new double[n][n];
        for (int top = 0; top < n; top += PANEL) {
            int bottom = Math.min(n, top + PANEL);
            for (int j = 0; j < columns.length; j += 4) {
                double[] c0 = columns[j];
                double[] c1 = columns[j + 1];
                double[] c2 = columns[j + 2];
                double[] c3 = columns[j + 3];
                for (int i = top; i < bottom; i++) {
                    Kernel.addFour(gram[i], c0, c1, c2, c3, c0[i], c1[i], c2[i], c3[i], i, n);
                }
            }
        }
        for (int i = 0; i < n; i++) {
            for (int l = 0; l < i; l++) {
                gram[i][l] = gram[l][i];
            }
        }
        return gram;
    }

    /** How many pairs of variates there are: the smaller of D₁ and D₂. */
    int most() {
        return Math.min(ours, theirs);
    }

    /** Σ ρ² over all of them. */
    double total() {
        return total;
    }

    /** ρ² of all of them, descending. */
    double[] squares() {
        return correlated(Arrays.copyOf(eigen.values(), most()));
    }

    /** The n pairs of the largest correlations; n at most {@link #most}. */
    Variates largest(int n) {
        SymmetricEigen.Pairs pairs = eigen.largest(n);
        double[] squares = correlated(pairs.values());
        double[] us = new double[Math.multiplyExact(n, ours)];
        double[] vs = new double[Math.multiplyExact(n, theirs)];
        for (int j = 0; j < n; j++) {
            double[] u = pairs.vectors()[j];
            System.arraycopy(u, 0, us, j * ours, ours);
            if (squares[j] > 0) {
                double correlation = Math.sqrt(squares[j]);
                for (int i = 0; i < ours; i++) {
                    for (int l = 0; l < theirs; l++) {
                        vs[j * theirs + l] += u[i] / correlation * k[i][l];
                    }
                }
            }
        }
        x.solve(false, us, n);
        y.solve(false, vs, n);
        double[][] own = new double[n][];
        double[][] other = new double[n][];
        for (int j = 0; j < n; j++) {
            own[j] = Arrays.copyOfRange(us, j * ours, (j + 1) * ours);
            other[j] = Arrays.copyOfRange(vs, j * theirs, (j + 1) * theirs);
        }
        return new Variates(squares, own, other);
    }

    /** Σ over the samples of (a · (x − x̄))², which is 1 but for the ridge. */
    double ownSquare(double[] a) {
        return 1 - x.added() * squareNorm(a);
    }

    /** Σ over the samples of (b · (y − ȳ))², likewise. */
    double otherSquare(double[] b) {
        return 1 - y.added() * squareNorm(b);
    }

    private static double squareNorm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return sum;
    }

    private static double[] correlated(double[] squares) {
        for (int j = 0; j < squares.length; j++) {
            squares[j] = squares[j] <= Projections.NO_VARIANCE * squares[0] ? 0 : Math.min(1, squares[j]);
        }
        return squares;
    }
}
