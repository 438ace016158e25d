package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void ticksAreRoundAndFew() {
        assertThat(labels(Axis.linear(0, 1))).containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
        assertThat(labels(Axis.linear(0.0227, 1.3444))).containsExactly("0.5", "1");
        assertThat(labels(Axis.linear(-3, 47_000))).containsExactly("0", "10k", "20k", "30k", "40k");
        assertThat(labels(Axis.decades(0.03, 60))).containsExactly("0.01", "0.1", "1", "10", "100");
        for (double to : new double[] {1e-7, 0.003, 1, 17, 999, 12_345_678, 3e20}) {
            assertThat(Axis.linear(0, to).ticks()).hasSizeBetween(2, 6);
            assertThat(Axis.decades(to * 1e-30, to).ticks()).hasSizeBetween(2, 8);
        }
    }

    private static List<String> labels(Axis axis) {
        return axis.ticks().stream().map(Axis::label).toList();
    }

    @Test
    void valuesLieBetweenTheEnds() {
        assertThat(Axis.linear(2, 4).at(3)).isEqualTo(0.5);
        assertThat(Axis.linear(2, 4).at(5)).isEqualTo(1);
        assertThat(Axis.decades(1, 100).at(10)).isEqualTo(0.5);
        assertThat(Axis.decades(1, 100).at(0)).isZero();
    }

    @Test
    void anAxisHasALength() {
        assertThat(Axis.linear(7, 7).at(7)).isZero();
        assertThat(Axis.decades(1, 1).to()).isEqualTo(10);
        assertThatThrownBy(() -> new Axis(1, 1, false)).hasMessageContaining("1.0");
        assertThatThrownBy(() -> new Axis(0, 1, true)).hasMessageContaining("0.0");
        assertThatThrownBy(() -> new Axis(0, Double.NaN, false)).hasMessageContaining("NaN");
    }

    @Test
    void labelsAreShort() {
        assertThat(List.of(0.0, -0.00001, 0.00001, 0.1234567, 9_999.0, 12_500.0, 3_000_000.0, 5e9))
                .extracting(Axis::label)
                .containsExactly("0", "-1e-05", "1e-05", "0.1235", "9999", "12.5k", "3M", "5e+09");
    }
}
