package io.rela.moments;

import java.util.Arrays;

/**
 * Rows of D values times a fixed k × D matrix, in double: what a projection and a linear map share. A row's result does not
 * depend on its place in the batch nor on the batch's size; NaN and infinity in a row spoil that row only.
 *
 * <p>Immutable and safe for threads. Holds D × k doubles.
 */
public final class RowProduct {
    /** Rows that share one pass over the matrix. */
    private static final int TILE = 32;

    /** Makes the result of one row of the product. */
    @FunctionalInterface
    public interface Finish {
        /**
         * @param sums k values: the matrix times the centred row; not to be kept
         * @param results takes k values from {@code at} on
         * @param at where the row's results begin
         */
        void row(double[] sums, float[] results, int at);
    }

    private final float[] centre;
    private final int k;
    /** D rows of k values, padded with zeros to a multiple of four rows. */
    private final double[][] columns;

    /**
     * @param matrix k × D values, row-major
     * @param centre what is taken off each row first, D values; kept, not copied
     * @param k rows of the matrix
     */
    public RowProduct(float[] matrix, float[] centre, int k) {
        int d = centre.length;
        this.centre = centre;
        this.k = k;
        this.columns = Kernel.paddedRows(d, k);
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < k; j++) {
                columns[i][j] = matrix[j * d + i];
            }
        }
    }

    /**
     * The results of a batch.
     *
     * @param rows n × D values, row-major; more may follow and are ignored
     * @param n rows, 0 or more
     * @param finish called once for each row, in order
     * @return n × k values, row-major
     */
    public float[] apply(float[] rows, int n, Finish finish) {
        int d = centre.length;
        double[][] centred = new double[Math.min(TILE, n)][columns.length];
        double[][] sums = new double[centred.length][k];
        float[] results = new float[Math.multiplyExact(n, k)];
        for (int first = 0; first < n; first += TILE) {
            int tile = Math.min(TILE, n - first);
            for (int r = 0; r < tile; r++) {
                Arrays.fill(sums[r], 0);
                int at = (first + r) * d;
                for (int i = 0; i < d; i++) {
                    centred[r][i] = (double) rows[at + i] - centre[i];
                }
            }
            for (int i = 0; i < columns.length; i += 4) {
                double[] a0 = columns[i];
                double[] a1 = columns[i + 1];
                double[] a2 = columns[i + 2];
                double[] a3 = columns[i + 3];
                for (int r = 0; r < tile; r++) {
                    double[] x = centred[r];
                    Kernel.addFour(sums[r], a0, a1, a2, a3, x[i], x[i + 1], x[i + 2], x[i + 3], 0, k);
                }
            }
            for (int r = 0; r < tile; r++) {
                finish.row(sums[r], results, (first + r) * k);
            }
        }
        return results;
    }
}
