package io.rela.projection;

import dev.ludovic.netlib.lapack.JavaLAPACK;
import org.netlib.util.intW;

/**
 * The k largest eigenvalues of a symmetric matrix, descending, with orthonormal eigenvectors, by LAPACK in Java: the bits do
 * not depend on a native library. Driver only, single thread; about 20 s for D = 2048, k = 512.
 *
 * @param values k eigenvalues, descending
 * @param vectors k rows of D values
 */
record SymmetricEigen(double[] values, double[][] vectors) {

    /**
     * @param matrix D rows of D finite values, symmetric
     * @param k 1 to D
     * @throws ArithmeticException if LAPACK does not converge
     */
    static SymmetricEigen largest(double[][] matrix, int k) {
        int d = matrix.length;
        double[] found = new double[d];
        double[] columns = new double[Math.multiplyExact(d, k)];
        // dsyevr leaves its bisection and inverse iteration for another method when all are asked for
        if (k == d || !some(flat(matrix), d, k, found, columns)) {
            columns = flat(matrix);
            all(columns, d, found);
            return descending(found, columns, d, k, d);
        }
        return descending(found, columns, d, k, k);
    }

    /**
     * All D eigenvalues, descending. About 7 s for D = 2048.
     *
     * @param matrix D rows of D finite values, symmetric
     * @throws ArithmeticException if LAPACK does not converge
     */
    static double[] values(double[][] matrix) {
        int d = matrix.length;
        double[] ascending = new double[d];
        dsyevd("N", flat(matrix), d, ascending);
        double[] values = new double[d];
        for (int j = 0; j < d; j++) {
            values[j] = ascending[d - 1 - j];
        }
        return values;
    }

    /** The k largest into the front of values, ascending; false if it did not converge. */
    private static boolean some(double[] matrix, int d, int k, double[] values, double[] columns) {
        int workLength = 40 * d;
        int integerLength = 10 * d;
        intW count = new intW(0);
        intW info = new intW(0);
        JavaLAPACK.getInstance()
                .dsyevr(
                        "V",
                        "I",
                        "U",
                        d,
                        matrix,
                        d,
                        0,
                        0,
                        d - k + 1,
                        d,
                        0,
                        count,
                        values,
                        columns,
                        d,
                        new int[2 * d],
                        new double[workLength],
                        workLength,
                        new int[integerLength],
                        integerLength,
                        info);
        return info.val == 0 && count.val == k;
    }

    /** All D into values, ascending; the matrix becomes its eigenvectors. */
    private static void all(double[] matrix, int d, double[] values) {
        dsyevd("V", matrix, d, values);
    }

    /** @param job N for eigenvalues alone, V for eigenvectors, too */
    private static void dsyevd(String job, double[] matrix, int d, double[] values) {
        int workLength = Math.addExact(1 + 6 * d, Math.multiplyExact(2 * d, d));
        int integerLength = 3 + 5 * d;
        intW info = new intW(0);
        JavaLAPACK.getInstance()
                .dsyevd(
                        job,
                        "U",
                        d,
                        matrix,
                        d,
                        values,
                        new double[workLength],
                        workLength,
                        new int[integerLength],
                        integerLength,
                        info);
        if (info.val != 0) {
            throw new ArithmeticException(
                    "LAPACK's dsyevd does not converge for a " + d + " × " + d + " matrix: info " + info.val + ".");
        }
    }

    private static SymmetricEigen descending(double[] ascending, double[] columns, int d, int k, int found) {
        double[] values = new double[k];
        double[][] vectors = new double[k][d];
        for (int j = 0; j < k; j++) {
            int from = found - 1 - j;
            values[j] = ascending[from];
            System.arraycopy(columns, from * d, vectors[j], 0, d);
        }
        return new SymmetricEigen(values, vectors);
    }

    private static double[] flat(double[][] matrix) {
        int d = matrix.length;
        double[] flat = new double[Math.multiplyExact(d, d)];
        for (int i = 0; i < d; i++) {
            System.arraycopy(matrix[i], 0, flat, i * d, d);
        }
        return flat;
    }
}
