package io.rela.projection;

import dev.ludovic.netlib.lapack.JavaLAPACK;
import org.netlib.util.booleanW;
import org.netlib.util.intW;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix. It is made tridiagonal once; LAPACK in Java then finds the values, or the
 * values and vectors that are asked for by "multiple relatively robust representations" (I. Dhillon, B. Parlett, Linear
 * Algebra Appl. 387, 2004), and where that fails by divide and conquer. The bits depend neither on a native library nor on the
 * number of cores. Driver only; holds one copy of the matrix. Safe for threads.
 */
final class SymmetricEigen {
    /** Neighbours whose vectors are compared: where vectors are not orthogonal, it is those of values that lie close. */
    private static final int COMPARED = 8;

    private static final double NOT_ORTHOGONAL = 1e-10;

    private final Tridiagonal form;
    private final int size;

    private SymmetricEigen(Tridiagonal form, int size) {
        this.form = form;
        this.size = size;
    }

    /**
     * The largest of them.
     *
     * @param values k eigenvalues, descending
     * @param vectors k rows of D values, orthonormal
     */
    record Pairs(double[] values, double[][] vectors) {}

    /** Eigenvectors of T as columns of D values, one behind the other, with their values, both ascending. */
    private record Ascending(double[] values, double[] columns, int count) {}

    /**
     * Reduces a matrix.
     *
     * @param matrix D rows of D values, symmetric, whose squares are finite; not changed
     */
    static SymmetricEigen of(double[][] matrix) {
        return new SymmetricEigen(Tridiagonal.of(matrix), matrix.length);
    }

    /**
     * All D eigenvalues, descending.
     *
     * @throws ArithmeticException if LAPACK does not converge
     */
    double[] values() {
        double[] ascending = form.diagonal();
        intW info = new intW(0);
        JavaLAPACK.getInstance().dsterf(size, ascending, form.below(), info);
        requireConverged("dsterf", info);
        double[] values = new double[size];
        for (int j = 0; j < size; j++) {
            values[j] = ascending[size - 1 - j];
        }
        return values;
    }

    /**
     * The largest eigenvalues with their vectors, whose signs are of no meaning.
     *
     * @param k 1 to D
     * @throws ArithmeticException if LAPACK does not converge
     */
    Pairs largest(int k) {
        Ascending found = robust(k);
        if (found.count() != k || !orthogonal(found)) {
            found = divided();
        }
        double[] values = new double[k];
        double[][] rows = new double[size][k];
        for (int j = 0; j < k; j++) {
            int from = found.count() - 1 - j;
            values[j] = found.values()[from];
            for (int i = 0; i < size; i++) {
                rows[i][j] = found.columns()[from * size + i];
            }
        }
        form.back(rows);
        double[][] vectors = new double[k][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < k; j++) {
                vectors[j][i] = rows[i][j];
            }
        }
        return new Pairs(values, vectors);
    }

    /** The k largest, or another number where they were not found. */
    private Ascending robust(int k) {
        double[] values = new double[size];
        double[] columns = new double[Math.multiplyExact(size, k)];
        intW count = new intW(0);
        intW info = new intW(0);
        JavaLAPACK.getInstance()
                .dstemr(
                        "V",
                        k == size ? "A" : "I",
                        size,
                        form.diagonal(),
                        form.below(),
                        0,
                        0,
                        size - k + 1,
                        size,
                        count,
                        values,
                        columns,
                        size,
                        k,
                        new int[2 * size],
                        new booleanW(true),
                        new double[18 * size],
                        18 * size,
                        new int[10 * size],
                        10 * size,
                        info);
        return new Ascending(values, columns, info.val == 0 ? count.val : 0);
    }

    /** All of them. */
    private Ascending divided() {
        double[] values = form.diagonal();
        double[] columns = new double[Math.multiplyExact(size, size)];
        int workLength = Math.addExact(1 + 4 * size, columns.length);
        int integerLength = 3 + 5 * size;
        intW info = new intW(0);
        JavaLAPACK.getInstance()
                .dstedc(
                        "I",
                        size,
                        values,
                        form.below(),
                        columns,
                        size,
                        new double[workLength],
                        workLength,
                        new int[integerLength],
                        integerLength,
                        info);
        requireConverged("dstedc", info);
        return new Ascending(values, columns, size);
    }

    private boolean orthogonal(Ascending found) {
        for (int a = 0; a < found.count(); a++) {
            for (int b = a; b < Math.min(found.count(), a + COMPARED + 1); b++) {
                double dot = a == b ? -1 : 0;
                for (int i = 0; i < size; i++) {
                    dot += found.columns()[a * size + i] * found.columns()[b * size + i];
                }
                if (!(Math.abs(dot) < NOT_ORTHOGONAL)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void requireConverged(String routine, intW info) {
        if (info.val != 0) {
            throw new ArithmeticException("LAPACK's " + routine + " does not converge for a " + size + " × " + size
                    + " matrix: info " + info.val + ".");
        }
    }
}
