package io.rela.moments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rela.testing.Samples;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MomentsTest {
    @ParameterizedTest
    @CsvSource({"1,1", "1,5", "3,2", "7,17", "33,40", "64,16"})
    void blockHoldsTheTextbookSums(int n, int d) {
        float[] rows = Samples.rows(n, d, n);

        Moments moments = Moments.ofBlock(rows, n, d);

        assertThat(moments.count()).isEqualTo(n);
        assertMatches(moments, rows, n, d);
    }

    @Test
    void mergeEqualsOneBlock() {
        float[] rows = Samples.rows(50, 9, 4);
        Moments joined =
                Moments.ofBlock(rows, 13, 9).merge(Moments.ofBlock(Arrays.copyOfRange(rows, 13 * 9, 50 * 9), 37, 9));

        assertThat(joined.count()).isEqualTo(50);
        assertMatches(joined, rows, 50, 9);
    }

    @Test
    void rotatedMomentsAreThoseOfRotatedRows() {
        float[] rows = Samples.rows(50, 5, 4);
        float[] rotated = new float[rows.length];
        for (int r = 0; r < 50; r++) {
            System.arraycopy(rows, r * 5 + 2, rotated, r * 5, 3);
            System.arraycopy(rows, r * 5, rotated, r * 5 + 3, 2);
        }
        Moments moments = Moments.ofBlock(rows, 50, 5);

        assertThat(moments.rotated(2)).isEqualTo(Moments.ofBlock(rotated, 50, 5));
        assertThat(moments.rotated(2).rotated(3)).isEqualTo(moments);
        assertThatThrownBy(() -> moments.rotated(6)).hasMessageContaining("Of 5 values 6 cannot be moved");
    }

    @Test
    void largeOffsetCostsNoDigits() {
        float[] rows = Samples.rows(200, 3, 5);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Math.round(rows[i] * 16) / 16f + 65536;
        }
        assertMatches(Moments.ofBlock(rows, 200, 3), rows, 200, 3);
    }

    @Test
    void constantColumnHasExactlyNoVariance() {
        float[] rows = new float[77];
        Arrays.fill(rows, 0.1f);
        Moments block = Moments.ofBlock(rows, 77, 1);

        assertThat(block.merge(block).merge(block).comoment(0, 0)).isZero();
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> Moments.ofBlock(new float[5], 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 rows of 3 values");
        Moments two = Moments.ofBlock(new float[2], 1, 2);
        Moments three = Moments.ofBlock(new float[3], 1, 3);
        assertThatThrownBy(() -> two.merge(three)).hasMessageContaining("Features of 2 and of 3 values");
    }

    private static void assertMatches(Moments moments, float[] rows, int n, int d) {
        double[] mean = new double[d];
        for (int i = 0; i < n * d; i++) {
            mean[i % d] += (double) rows[i] / n;
        }
        assertThat(moments.mean()).containsExactly(mean, within(1e-9));
        double[][] matrix = moments.comomentRows();
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < d; j++) {
                double sum = 0;
                for (int r = 0; r < n; r++) {
                    sum += (rows[r * d + i] - mean[i]) * (rows[r * d + j] - mean[j]);
                }
                assertThat(moments.comoment(i, j)).isCloseTo(sum, within(1e-8)).isEqualTo(matrix[i][j]);
            }
        }
    }
}
