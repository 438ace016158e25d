package io.rela.projection;

import io.rela.moments.Kernel;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A symmetric matrix A as Q T Qᵀ, with T tridiagonal and Q the product of Householder's reflections H_j = I − τ_j v_j v_jᵀ.
 *
 * <p>As LAPACK's {@code dsytrd} does it (J. Dongarra, D. Sorensen, S. Hammarling, "Block reduction of matrices to condensed
 * forms for eigenvalue computations", J. Comput. Appl. Math. 27, 1989), but in loops that the JVM vectorises, and on all cores
 * of the machine: shares of the work and the order of their sums come from n alone, so that the bits depend on no core. Safe
 * for threads.
 */
final class Tridiagonal {
    /** Columns that are reduced before the rest of the matrix learns of it. */
    private static final int PANEL = 32;

    /** Columns of a block that stays in a core's cache while many rows pass through it. */
    private static final int BLOCK = 256;

    /** Shares of a product, whose sums are added in order: the number of cores is none of its business. */
    private static final int MOST_SHARES = 8;

    /** Below so many values waking another core takes longer than the work. */
    private static final int SMALLEST_SHARE = 1 << 15;

    private final int size;
    private final double[] diagonal;
    private final double[] below;
    /** v_j, 0 up to j, where row j of the matrix was. */
    private final double[][] rows;

    private final double[] factors;
    private final double[][] sums;

    private Tridiagonal(double[][] rows) {
        this.size = rows.length;
        this.diagonal = new double[size];
        this.below = new double[size];
        this.rows = rows;
        this.factors = new double[size];
        this.sums = new double[MOST_SHARES][size];
    }

    /** @param matrix n rows of n finite values, symmetric, of which no product of two overflows; it stays as it is */
    static Tridiagonal of(double[][] matrix) {
        double[][] rows = new double[matrix.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = matrix[i].clone();
        }
        Tridiagonal made = new Tridiagonal(rows);
        made.reduce();
        return made;
    }

    /** The n values of T's diagonal; a copy. */
    double[] diagonal() {
        return diagonal.clone();
    }

    /** The n − 1 values below T's diagonal, then one of no meaning that LAPACK wants; a copy. */
    double[] below() {
        return below.clone();
    }

    private void reduce() {
        double[][] w = new double[PANEL][size];
        int last = size - 2;
        for (int first = 0; first < last; first += PANEL) {
            int end = Math.min(first + PANEL, last);
            for (int j = first; j < end; j++) {
                Arrays.fill(w[j - first], 0);
                fold(j, first, w);
                reflect(j);
                if (factors[j] != 0) {
                    weigh(j, first, w);
                }
            }
            update(first, end, w);
        }
        for (int j = Math.max(0, last); j < size; j++) {
            diagonal[j] = rows[j][j];
            if (j + 1 < size) {
                below[j] = rows[j][j + 1];
            }
            Arrays.fill(rows[j], 0);
        }
    }

    /** Tells row j of the reflections of its panel: − v_p w_pᵀ − w_p v_pᵀ. */
    private void fold(int j, int first, double[][] w) {
        subtract(rows[j], j, first, j, w, j, size);
    }

    /** row[c] −= Σ_p v_p[i] w_p[c] + w_p[i] v_p[c] for p in [first, end) and c in [from, to). */
    private void subtract(double[] row, int i, int first, int end, double[][] w, int from, int to) {
        int p = first;
        for (; p + 1 < end; p += 2) {
            double[] v0 = rows[p];
            double[] v1 = rows[p + 1];
            double[] w0 = w[p - first];
            double[] w1 = w[p + 1 - first];
            Kernel.addFour(row, v0, w0, v1, w1, -w0[i], -v0[i], -w1[i], -v1[i], from, to);
        }
        if (p < end) {
            double[] v0 = rows[p];
            double[] w0 = w[p - first];
            Kernel.addFour(row, v0, w0, v0, w0, -w0[i], -v0[i], 0, 0, from, to);
        }
    }

    /** Makes v_j of row j, so that H_j leaves of the row's values behind its diagonal the first alone. */
    private void reflect(int j) {
        double[] row = rows[j];
        diagonal[j] = row[j];
        double first = row[j + 1];
        double rest = 0;
        for (int c = j + 2; c < size; c++) {
            rest += row[c] * row[c];
        }
        Arrays.fill(row, 0, j + 1, 0);
        row[j + 1] = 1;
        if (rest == 0) {
            below[j] = first;
            return;
        }
        double norm = Math.sqrt(first * first + rest);
        double left = first > 0 ? -norm : norm;
        below[j] = left;
        factors[j] = (left - first) / left;
        double by = 1 / (first - left);
        for (int c = j + 2; c < size; c++) {
            row[c] *= by;
        }
    }

    /** w_j = τ (y − τ/2 (yᵀv) v) with y = A v, A as the panel's reflections before have made it. */
    private void weigh(int j, int first, double[][] w) {
        double[] v = rows[j];
        double[] y = w[j - first];
        int from = j + 1;
        product(v, y, from);
        for (int p = first; p < j; p++) {
            double[] vp = rows[p];
            double[] wp = w[p - first];
            double byV = 0;
            double byW = 0;
            for (int c = from; c < size; c++) {
                byV += vp[c] * v[c];
                byW += wp[c] * v[c];
            }
            Kernel.addFour(y, vp, wp, vp, wp, -byW, -byV, 0, 0, from, size);
        }
        double factor = factors[j];
        double product = 0;
        for (int c = from; c < size; c++) {
            product += y[c] * v[c];
        }
        double half = factor * product / 2;
        for (int c = from; c < size; c++) {
            y[c] = factor * (y[c] - half * v[c]);
        }
    }

    /** y = A v behind {@code from}, by A's upper half: each value is fetched once. */
    private void product(double[] v, double[] y, int from) {
        int count = size - from;
        int shares = shares(count);
        if (shares == 1) {
            product(v, y, from, size);
            return;
        }
        int[] bounds = bounds(from, shares);
        run(shares, share -> {
            Arrays.fill(sums[share], bounds[share], size, 0);
            product(v, sums[share], bounds[share], bounds[share + 1]);
        });
        for (int share = 0; share < shares; share++) {
            double[] sum = sums[share];
            for (int c = bounds[share]; c < size; c++) {
                y[c] += sum[c];
            }
        }
    }

    /** What the rows from top to before bottom add to A v, right of the diagonal and by symmetry below it. */
    private void product(double[] v, double[] y, int top, int bottom) {
        int i = top;
        for (; i + 3 < bottom; i += 4) {
            corner(v, y, i, 4);
            double[] r0 = rows[i];
            double[] r1 = rows[i + 1];
            double[] r2 = rows[i + 2];
            double[] r3 = rows[i + 3];
            for (int from = i + 4; from < size; from += BLOCK) {
                int to = Math.min(size, from + BLOCK);
                Kernel.addFour(y, r0, r1, r2, r3, v[i], v[i + 1], v[i + 2], v[i + 3], from, to);
                addDots(y, i, v, from, to);
            }
        }
        for (; i < bottom; i++) {
            corner(v, y, i, 1);
            double[] row = rows[i];
            double dot = 0;
            for (int c = i + 1; c < size; c++) {
                y[c] += v[i] * row[c];
                dot += row[c] * v[c];
            }
            y[i] += dot;
        }
    }

    /** What the square of n rows on the diagonal adds. */
    private void corner(double[] v, double[] y, int i, int n) {
        for (int a = i; a < i + n; a++) {
            for (int b = i; b < i + n; b++) {
                y[a] += rows[Math.min(a, b)][Math.max(a, b)] * v[b];
            }
        }
    }

    /** Adds to four values of y the products of rows with v. */
    private void addDots(double[] y, int i, double[] v, int from, int to) {
        double[] r0 = rows[i];
        double[] r1 = rows[i + 1];
        double[] r2 = rows[i + 2];
        double[] r3 = rows[i + 3];
        double d0 = 0;
        double d1 = 0;
        double d2 = 0;
        double d3 = 0;
        for (int c = from; c < to; c++) {
            double x = v[c];
            d0 += r0[c] * x;
            d1 += r1[c] * x;
            d2 += r2[c] * x;
            d3 += r3[c] * x;
        }
        y[i] += d0;
        y[i + 1] += d1;
        y[i + 2] += d2;
        y[i + 3] += d3;
    }

    /** Tells the rows behind the panel of its reflections, right of the diagonal. */
    private void update(int first, int end, double[][] w) {
        int shares = shares(size - end);
        int[] bounds = bounds(end, shares);
        run(shares, share -> {
            for (int from = end; from < size; from += BLOCK) {
                int to = Math.min(size, from + BLOCK);
                for (int i = bounds[share]; i < Math.min(to, bounds[share + 1]); i++) {
                    subtract(rows[i], i, first, end, w, Math.max(i, from), to);
                }
            }
        });
    }

    /** By the number of rows alone. */
    private static int shares(int count) {
        return (int) Math.max(1, Math.min(MOST_SHARES, (long) count * count / 2 / SMALLEST_SHARE));
    }

    /** Where the rows behind {@code from} are cut, so that the shares of the upper half are of like size. */
    private int[] bounds(int from, int shares) {
        int count = size - from;
        int[] bounds = new int[shares + 1];
        for (int share = 0; share <= shares; share++) {
            bounds[share] = from + count - (int) Math.round(count * Math.sqrt((double) (shares - share) / shares));
        }
        return bounds;
    }

    /**
     * Turns eigenvectors of T into those of A: Q times each.
     *
     * @param vectors n rows of k values, an eigenvector a column; changed
     */
    void back(double[][] vectors) {
        int k = vectors[0].length;
        int blocks = (k + BLOCK - 1) / BLOCK;
        run(blocks, block -> back(vectors, block * BLOCK, Math.min(k, (block + 1) * BLOCK)));
    }

    private void back(double[][] vectors, int from, int to) {
        int last = size - 2;
        int panels = (last + PANEL - 1) / PANEL;
        double[][] products = new double[PANEL][vectors[0].length];
        for (int panel = panels - 1; panel >= 0; panel--) {
            int first = panel * PANEL;
            int end = Math.min(first + PANEL, last);
            int count = end - first;
            double[][] triangle = triangle(first, end);
            for (int p = 0; p < count; p++) {
                Arrays.fill(products[p], from, to, 0);
            }
            multiply(vectors, first, end, products, from, to);
            for (int p = 0; p < count; p++) {
                mix(products, triangle[p], p, count, from, to);
            }
            for (int i = first + 1; i < size; i++) {
                double[] row = vectors[i];
                int p = 0;
                for (; p + 3 < count; p += 4) {
                    Kernel.addFour(
                            row,
                            products[p],
                            products[p + 1],
                            products[p + 2],
                            products[p + 3],
                            -rows[first + p][i],
                            -rows[first + p + 1][i],
                            -rows[first + p + 2][i],
                            -rows[first + p + 3][i],
                            from,
                            to);
                }
                for (; p < count; p++) {
                    double[] x = products[p];
                    Kernel.addFour(row, x, x, x, x, -rows[first + p][i], 0, 0, 0, from, to);
                }
            }
        }
    }

    /** products[p] = Σ_i v_p[i] vectors[i]. */
    private void multiply(double[][] vectors, int first, int end, double[][] products, int from, int to) {
        int i = first + 1;
        for (; i + 3 < size; i += 4) {
            for (int p = first; p < end; p++) {
                double[] v = rows[p];
                Kernel.addFour(
                        products[p - first],
                        vectors[i],
                        vectors[i + 1],
                        vectors[i + 2],
                        vectors[i + 3],
                        v[i],
                        v[i + 1],
                        v[i + 2],
                        v[i + 3],
                        from,
                        to);
            }
        }
        for (; i < size; i++) {
            double[] x = vectors[i];
            for (int p = first; p < end; p++) {
                Kernel.addFour(products[p - first], x, x, x, x, rows[p][i], 0, 0, 0, from, to);
            }
        }
    }

    /** products[p] = Σ_{q ≥ p} triangle[q] products[q]: those behind p are still as they were. */
    private static void mix(double[][] products, double[] triangle, int p, int count, int from, int to) {
        double[] x = products[p];
        for (int c = from; c < to; c++) {
            x[c] *= triangle[p];
        }
        for (int q = p + 1; q < count; q++) {
            Kernel.addFour(x, products[q], products[q], products[q], products[q], triangle[q], 0, 0, 0, from, to);
        }
    }

    /** R, upper triangular, with H_first … H_(end−1) = I − V R Vᵀ (R. Schreiber, C. Van Loan, 1989). */
    private double[][] triangle(int first, int end) {
        int count = end - first;
        double[][] triangle = new double[count][count];
        for (int q = 0; q < count; q++) {
            double[] v = rows[first + q];
            double[] dots = new double[q];
            for (int p = 0; p < q; p++) {
                double[] other = rows[first + p];
                double dot = 0;
                for (int c = first + q + 1; c < size; c++) {
                    dot += other[c] * v[c];
                }
                dots[p] = dot;
            }
            for (int p = 0; p < q; p++) {
                double sum = 0;
                for (int l = p; l < q; l++) {
                    sum += triangle[p][l] * dots[l];
                }
                triangle[p][q] = -factors[first + q] * sum;
            }
            triangle[q][q] = factors[first + q];
        }
        return triangle;
    }

    private static void run(int parts, IntConsumer part) {
        IntStream.range(0, parts).parallel().forEach(part);
    }
}
