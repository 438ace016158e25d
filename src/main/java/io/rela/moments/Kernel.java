package io.rela.moments;

/**
 * The one inner loop that moments and row products share.
 *
 * <p>Own code in place of BLAS: which BLAS a JVM picks depends on its flags and on native libraries, and so would the bits.
 * Each argument is an array of its own because C2 vectorises this form and not the one with offsets into one array.
 */
public final class Kernel {
    private Kernel() {}

    /** {@code sum[j] += a0*x0[j] + a1*x1[j] + a2*x2[j] + a3*x3[j]} for j in [from, to), added from the left. */
    public static void addFour(
            double[] sum,
            double[] x0,
            double[] x1,
            double[] x2,
            double[] x3,
            double a0,
            double a1,
            double a2,
            double a3,
            int from,
            int to) {
        for (int j = from; j < to; j++) {
            sum[j] += a0 * x0[j] + a1 * x1[j] + a2 * x2[j] + a3 * x3[j];
        }
    }

    /** The smallest multiple of four that holds n. */
    static int padded(int n) {
        return (n + 3) & ~3;
    }

    /** n rows of width values, then rows that are the same zeros, up to a multiple of four. */
    public static double[][] paddedRows(int n, int width) {
        double[][] rows = new double[padded(n)][];
        double[] zeros = new double[width];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = r < n ? new double[width] : zeros;
        }
        return rows;
    }
}
