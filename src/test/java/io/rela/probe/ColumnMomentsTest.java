package io.rela.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rela.testing.Samples;
import org.junit.jupiter.api.Test;

class ColumnMomentsTest {
    private static final int ROWS = 500;
    private static final int COLUMNS = 6;

    private static final float[] VALUES = Samples.rows(ROWS, COLUMNS, 7);

    private static ColumnMoments of(int from, int to) {
        ColumnMoments moments = new ColumnMoments(COLUMNS);
        for (int r = from; r < to; r++) {
            moments.add(Samples.row(VALUES, r, COLUMNS));
        }
        return moments;
    }

    @Test
    void standardisedColumnsHaveMeanZeroAndVarianceOne() {
        Standardization scale = of(0, ROWS).standardization();

        double[] sum = new double[COLUMNS];
        double[] squares = new double[COLUMNS];
        for (int r = 0; r < ROWS; r++) {
            double[] row = scale.apply(Samples.row(VALUES, r, COLUMNS));
            for (int j = 0; j < COLUMNS; j++) {
                sum[j] += row[j];
                squares[j] += row[j] * row[j];
            }
        }
        for (int j = 0; j < COLUMNS; j++) {
            assertThat(sum[j] / ROWS).isCloseTo(0, within(1e-12));
            assertThat(squares[j] / ROWS).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void partsComeToTheWhole() {
        ColumnMoments parts = of(0, 0);
        for (int[] part : new int[][] {{0, 3}, {3, 3}, {3, 400}, {400, ROWS}}) {
            parts.merge(of(part[0], part[1]));
        }

        assertThat(parts.count()).isEqualTo(ROWS);
        Standardization whole = of(0, ROWS).standardization();
        assertThat(parts.standardization().mean()).containsExactly(whole.mean(), within(1e-12));
        assertThat(parts.standardization().deviation()).containsExactly(whole.deviation(), within(1e-12));
    }

    /** Sums that are rounded would leave a little variance, by which noise were blown up. */
    @Test
    void aColumnOfOneValueBecomesZero() {
        ColumnMoments moments = new ColumnMoments(2);
        ColumnMoments later = new ColumnMoments(2);
        for (int r = 0; r < 1000; r++) {
            (r < 300 ? moments : later).add(new float[] {0.1f, r});
        }
        moments.merge(later);

        Standardization scale = moments.standardization();

        assertThat(scale.withoutVariance()).isEqualTo(1);
        assertThat(scale.apply(new float[] {7, 499.5f})).containsExactly(0, 0);
    }

    @Test
    void inputsMayStayAsTheyAre() {
        assertThat(Standardization.none(2).apply(new float[] {-3, 0.5f})).containsExactly(-3, 0.5);
    }
}
