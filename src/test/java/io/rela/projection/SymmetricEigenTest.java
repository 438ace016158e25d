package io.rela.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ludovic.netlib.lapack.JavaLAPACK;
import io.rela.rank.Draw;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.netlib.util.intW;

class SymmetricEigenTest {
    private static final double EPS = 1e-13;

    /** Symmetric matrices of which LAPACK's tests, and covariances, have the like. */
    private enum Kind {
        /** Nothing at all. */
        ZERO,
        /** One eigenvalue, D times. */
        IDENTITY,
        /** A diagonal with neighbours that are equal. */
        STAIRS,
        /** Wilkinson's W⁺: pairs of eigenvalues that differ in the last bits. */
        WILKINSON,
        /** Copies of W⁺, glued by small numbers: clusters of as many. */
        GLUED,
        /** Positive and negative eigenvalues. */
        INDEFINITE,
        /** A covariance of more samples than dimensions. */
        COVARIANCE,
        /** Of half as many samples: half of its eigenvalues are zero. */
        FEW_SAMPLES,
        /** Of dimensions whose variances fall over 24 powers of ten, in no order. */
        DECAYING,
        /** Of dimensions of which a third is constant and the others are equal in pairs. */
        DEPENDENT,
        /** Sums of squares as large as float32's largest numbers make them. */
        HUGE,
        /** As small. */
        TINY
    }

    @ParameterizedTest
    @CsvSource({
        "ZERO, 40", "IDENTITY, 70", "STAIRS, 150", "WILKINSON, 101", "GLUED, 210", "INDEFINITE, 131", "COVARIANCE, 300",
        "FEW_SAMPLES, 200", "DECAYING, 260", "DEPENDENT, 180", "HUGE, 60", "TINY, 60", "COVARIANCE, 1", "COVARIANCE, 2",
        "COVARIANCE, 3", "INDEFINITE, 33", "INDEFINITE, 34", "INDEFINITE, 35", "INDEFINITE, 66"
    })
    void pairsAreOrthonormalSolutionsInOrder(Kind kind, int d) {
        double[][] matrix = matrix(kind, d);
        double[][] before = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
        SymmetricEigen eigen = SymmetricEigen.of(matrix);
        assertThat(matrix).isDeepEqualTo(before);
        double[] wanted = byLapack(matrix);
        double norm = Math.max(Math.abs(wanted[0]), Math.abs(wanted[d - 1]));
        double near = d * EPS * norm;

        assertThat(eigen.values()).containsExactly(wanted, within(near));
        for (int k : new int[] {1, (d + 1) / 2, d}) {
            SymmetricEigen.Pairs pairs = eigen.largest(k);
            assertThat(pairs.values()).containsExactly(Arrays.copyOf(wanted, k), within(near));
            assertThat(pairs.vectors()).hasDimensions(k, d);
            assertThat(residual(matrix, pairs)).isLessThanOrEqualTo(near);
            assertThat(skew(pairs.vectors())).isLessThanOrEqualTo(d * EPS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void bitsDoNotDependOnTheNumberOfThreads(int threads) {
        double[][] matrix = matrix(Kind.COVARIANCE, 700);

        SymmetricEigen.Pairs one = on(1, matrix);
        SymmetricEigen.Pairs more = on(threads, matrix);

        assertThat(more.values()).containsExactly(one.values());
        assertThat(more.vectors()).isDeepEqualTo(one.vectors());
    }

    @Test
    void aSecondQuestionIsAnsweredAsTheFirst() {
        SymmetricEigen eigen = SymmetricEigen.of(matrix(Kind.COVARIANCE, 90));
        SymmetricEigen.Pairs first = eigen.largest(20);
        eigen.values();

        assertThat(eigen.largest(20).vectors()).isDeepEqualTo(first.vectors());
    }

    private static SymmetricEigen.Pairs on(int threads, double[][] matrix) {
        ForkJoinPool pool = new ForkJoinPool(threads);
        try {
            return pool.submit(() -> SymmetricEigen.of(matrix).largest(40)).join();
        } finally {
            pool.shutdown();
        }
    }

    /** The largest |A v − λ v|. */
    private static double residual(double[][] matrix, SymmetricEigen.Pairs pairs) {
        double largest = 0;
        for (int j = 0; j < pairs.values().length; j++) {
            double[] v = pairs.vectors()[j];
            for (int i = 0; i < matrix.length; i++) {
                largest = Math.max(largest, Math.abs(dot(matrix[i], v) - pairs.values()[j] * v[i]));
            }
        }
        return largest;
    }

    /** The largest deviation of V Vᵀ from the identity. */
    private static double skew(double[][] vectors) {
        double largest = 0;
        for (int j = 0; j < vectors.length; j++) {
            for (int l = 0; l <= j; l++) {
                largest = Math.max(largest, Math.abs(dot(vectors[l], vectors[j]) - (l == j ? 1 : 0)));
            }
        }
        return largest;
    }

    /** All eigenvalues, descending, by another algorithm than ours. */
    private static double[] byLapack(double[][] matrix) {
        int d = matrix.length;
        double[] flat = Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
        double[] ascending = new double[d];
        double[] work = new double[4 * d];
        intW info = new intW(0);
        JavaLAPACK.getInstance().dsyev("N", "L", d, flat, d, ascending, work, work.length, info);
        assertThat(info.val).isZero();
        double[] descending = new double[d];
        for (int j = 0; j < d; j++) {
            descending[j] = ascending[d - 1 - j];
        }
        return descending;
    }

    private static double[][] matrix(Kind kind, int d) {
        return switch (kind) {
            case ZERO -> new double[d][d];
            case IDENTITY -> tridiagonal(d, i -> 1, 0);
            case STAIRS -> tridiagonal(d, i -> Math.floorDiv(i, 10), 0);
            case WILKINSON -> tridiagonal(d, i -> Math.abs(i - d / 2), 1);
            case GLUED -> glued(d);
            case INDEFINITE -> indefinite(d);
            case COVARIANCE -> covariance(d, 2 * d, j -> 1);
            case FEW_SAMPLES -> covariance(d, d / 2, j -> 1);
            case DECAYING -> covariance(d, 2 * d, j -> Math.pow(10, -12.0 * (j * 7 % d) / d));
            case DEPENDENT -> dependent(d);
            case HUGE -> covariance(d, 2 * d, j -> 1e38);
            case TINY -> covariance(d, 2 * d, j -> 1e-38);
        };
    }

    private interface Value {
        double at(int i);
    }

    private static double[][] tridiagonal(int d, Value diagonal, double beside) {
        double[][] matrix = new double[d][d];
        for (int i = 0; i < d; i++) {
            matrix[i][i] = diagonal.at(i);
            if (i > 0) {
                matrix[i][i - 1] = beside;
                matrix[i - 1][i] = beside;
            }
        }
        return matrix;
    }

    private static double[][] glued(int d) {
        double[][] matrix = tridiagonal(d, i -> Math.abs(i % 21 - 10), 1);
        for (int i = 21; i < d; i += 21) {
            matrix[i][i - 1] = 1e-9;
            matrix[i - 1][i] = 1e-9;
        }
        return matrix;
    }

    private static double[][] indefinite(int d) {
        double[][] matrix = new double[d][d];
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = noise(i, j);
                matrix[j][i] = matrix[i][j];
            }
        }
        return matrix;
    }

    private static double[][] covariance(int d, int samples, Value deviation) {
        double[][] columns = new double[d][samples];
        for (int j = 0; j < d; j++) {
            for (int s = 0; s < samples; s++) {
                columns[j][s] = deviation.at(j) * noise(s, j);
            }
        }
        return products(columns);
    }

    private static double[][] dependent(int d) {
        double[][] columns = new double[d][2 * d];
        for (int j = 0; j < d; j++) {
            for (int s = 0; s < 2 * d; s++) {
                columns[j][s] = j % 3 == 0 ? 0 : noise(s, j / 6);
            }
        }
        return products(columns);
    }

    private static double[][] products(double[][] columns) {
        double[][] matrix = new double[columns.length][columns.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = dot(columns[i], columns[j]);
                matrix[j][i] = matrix[i][j];
            }
        }
        return matrix;
    }

    private static double noise(int row, int column) {
        return new Draw(0, "eigen", column).unit(row) - 0.5;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
