package io.rela.moments;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Count, mean and co-moment matrix M = Σ (x − mean)(x − mean)ᵀ of a set of D-dimensional rows, in double.
 *
 * <p>Immutable and safe for threads. Holds D + D(D+1)/2 doubles: 1 MB for D = 512, 17 MB for D = 2048. The covariance is
 * M / (count − 1).
 *
 * <p>Two sets are joined by the pairwise update of Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for
 * Computing Sample Variances" (Stanford STAN-CS-79-773, 1979), eq. 2.1, in its matrix form: with δ = mean_b − mean_a and
 * n = n_a + n_b,
 *
 * <pre>
 * mean = mean_a + δ n_b / n
 * M    = M_a + M_b + δδᵀ n_a n_b / n
 * </pre>
 */
public final class Moments implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Rows of M that are summed together: 16 rows of 2,048 doubles stay in a core's second-level cache. */
    private static final int PANEL = 16;

    private final long count;
    private final double[] mean;
    /** Upper triangle, row by row: (0,0) … (0,D−1), (1,1) … */
    private final double[] comoment;

    private Moments(long count, double[] mean, double[] comoment) {
        this.count = count;
        this.mean = mean;
        this.comoment = comoment;
    }

    /**
     * The moments of one block: centred by the block's own mean, then one product of the centred block with itself.
     *
     * @param rows n × d values, row-major, finite; more may follow and are ignored
     * @param n rows, 1 or more
     * @param d values a row, 1 or more
     * @throws IllegalArgumentException if n or d is below 1, or rows holds fewer than n·d values
     */
    public static Moments ofBlock(float[] rows, int n, int d) {
        if (n < 1 || d < 1 || rows.length < (long) n * d) {
            throw new IllegalArgumentException(
                    "A block of " + n + " rows of " + d + " values does not fit " + rows.length + " values.");
        }
        double[] mean = new double[d];
        for (int r = 0; r < n; r++) {
            for (int j = 0; j < d; j++) {
                mean[j] += rows[r * d + j];
            }
        }
        for (int j = 0; j < d; j++) {
            mean[j] /= n;
        }
        double[][] centred = Kernel.paddedRows(n, d);
        for (int r = 0; r < n; r++) {
            double[] row = centred[r];
            for (int j = 0; j < d; j++) {
                row[j] = rows[r * d + j] - mean[j];
            }
        }
        return new Moments(n, mean, gram(centred, d));
    }

    /** The upper triangle of XᵀX, packed; each entry is summed in the order of the rows. */
    private static double[] gram(double[][] x, int d) {
        double[] packed = new double[Math.multiplyExact(d, d + 1) / 2];
        int at = 0;
        for (int top = 0; top < d; top += PANEL) {
            int bottom = Math.min(d, top + PANEL);
            double[][] panel = new double[bottom - top][d];
            for (int r = 0; r < x.length; r += 4) {
                double[] x0 = x[r];
                double[] x1 = x[r + 1];
                double[] x2 = x[r + 2];
                double[] x3 = x[r + 3];
                for (int i = top; i < bottom; i++) {
                    Kernel.addFour(panel[i - top], x0, x1, x2, x3, x0[i], x1[i], x2[i], x3[i], i, d);
                }
            }
            for (int i = top; i < bottom; i++) {
                System.arraycopy(panel[i - top], i, packed, at, d - i);
                at += d - i;
            }
        }
        return packed;
    }

    /**
     * The moments of both sets together. The order of the two matters for the last bits, so merge in a fixed order:
     * {@link MomentForest}.
     *
     * @throws IllegalArgumentException if the two have different dimensions
     */
    public Moments merge(Moments other) {
        int d = mean.length;
        if (d != other.mean.length) {
            throw new IllegalArgumentException("Features of " + d + " and of " + other.mean.length
                    + " values stand in one table: one prior gives one length.");
        }
        long total = Math.addExact(count, other.count);
        double shift = (double) other.count / total;
        double weight = count * shift;
        double[] delta = new double[d];
        double[] joined = new double[d];
        for (int j = 0; j < d; j++) {
            delta[j] = other.mean[j] - mean[j];
            joined[j] = mean[j] + delta[j] * shift;
        }
        double[] sum = new double[comoment.length];
        int at = 0;
        for (int i = 0; i < d; i++) {
            double scaled = delta[i] * weight;
            for (int j = i; j < d; j++, at++) {
                sum[at] = comoment[at] + other.comoment[at] + scaled * delta[j];
            }
        }
        return new Moments(total, joined, sum);
    }

    /**
     * The moments of the same rows with their first values moved to the end: of [y; x] where these are of [x; y].
     *
     * @param by how many values move, 0 to D
     * @throws IllegalArgumentException if by is out of range
     */
    public Moments rotated(int by) {
        int d = mean.length;
        if (by < 0 || by > d) {
            throw new IllegalArgumentException("Of " + d + " values " + by + " cannot be moved: give 0 to " + d + ".");
        }
        double[] rotated = new double[d];
        double[] packed = new double[comoment.length];
        int at = 0;
        for (int i = 0; i < d; i++) {
            rotated[i] = mean[(i + by) % d];
            for (int j = i; j < d; j++, at++) {
                packed[at] = comoment((i + by) % d, (j + by) % d);
            }
        }
        return new Moments(count, rotated, packed);
    }

    /** Rows seen, 1 or more. */
    public long count() {
        return count;
    }

    /** D, the values a row. */
    public int dimension() {
        return mean.length;
    }

    /** A copy of the mean, D values. */
    public double[] mean() {
        return mean.clone();
    }

    /** Σ (x_i − mean_i)(x_j − mean_j), for i and j in [0, D). */
    public double comoment(int i, int j) {
        int low = Math.min(i, j);
        int high = Math.max(i, j);
        return comoment[low * mean.length - low * (low - 1) / 2 + high - low];
    }

    /** The whole symmetric co-moment matrix, D rows of D values; a copy. */
    public double[][] comomentRows() {
        int d = mean.length;
        double[][] rows = new double[d][d];
        int at = 0;
        for (int i = 0; i < d; i++) {
            for (int j = i; j < d; j++, at++) {
                rows[i][j] = comoment[at];
                rows[j][i] = comoment[at];
            }
        }
        return rows;
    }

    /** True for the same count and the same bits. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Moments that
                && count == that.count
                && Arrays.equals(mean, that.mean)
                && Arrays.equals(comoment, that.comoment);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(count) + Arrays.hashCode(mean);
    }

    @Override
    public String toString() {
        return "Moments[count=" + count + ", dimension=" + mean.length + "]";
    }
}
