package io.rela.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rela.moments.Moments;
import io.rela.testing.Expectations;
import io.rela.testing.Samples;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsensusTest {
    @ParameterizedTest
    @ValueSource(strings = {"axis", "none"})
    void agreesWithNumPy(String scale) throws IOException {
        Map<String, double[]> wanted = Expectations.read("/projection/consensus.txt");
        int n = (int) wanted.get("shape")[0];
        int ours = (int) wanted.get("shape")[1];
        int theirs = (int) wanted.get("shape")[2];
        int k = (int) wanted.get("shape")[3];
        float[] rows = joined(floats(wanted.get("ours")), ours, floats(wanted.get("theirs")), theirs);
        Projection projection = Consensus.fit(axes(k, scale), moments(rows, ours + theirs), ours);

        double[] correlations = wanted.get("correlations");
        double total = Arrays.stream(correlations).map(r -> r * r).sum();
        assertThat(projection.totalVariance()).isCloseTo(total, within(1e-9));
        for (int j = 0; j < k; j++) {
            assertThat(Math.sqrt(projection.explainedVariance()[j])).isCloseTo(correlations[j], within(1e-6));
        }
        float[] targets = projection.project(rows, n);
        double[] expected = wanted.get("targets_" + scale);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) targets[i]).isCloseTo(expected[i], within(1e-4));
        }
        assertThat(projection.otherDimension()).isEqualTo(theirs);
        assertThat(Consensus.fit(axes("100%", scale), moments(rows, ours + theirs), ours)
                        .outputDimension())
                .isEqualTo(5);
        assertThat(Consensus.fit(axes("70%", scale), moments(rows, ours + theirs), ours)
                        .outputDimension())
                .isEqualTo(1);
    }

    /** Whatever either side is multiplied by, and wherever its mean lies. */
    @Test
    void neitherSidesUnitCounts() {
        int n = 200;
        float[] x = shared(n, 9, 1, 0);
        float[] y = shared(n, 7, 2, 0);
        float[] scaledY = y.clone();
        for (int i = 0; i < y.length; i++) {
            scaledY[i] = 1000 * y[i] + 3;
        }
        float[] first = targets(joined(x, 9, y, 7), 9, 7, 4);
        float[] then = targets(joined(x, 9, scaledY, 7), 9, 7, 4);
        for (int i = 0; i < first.length; i++) {
            assertThat(then[i]).isCloseTo(first[i], within(1e-3f));
        }
    }

    @Test
    void theOtherWayRoundGivesTheSameAxesButForTheirSign() {
        int n = 200;
        float[] x = shared(n, 9, 1, 0);
        float[] y = shared(n, 12, 2, 0);
        float[] there = targets(joined(x, 9, y, 12), 9, 12, 3);
        float[] back = targets(joined(y, 12, x, 9), 12, 9, 3);
        for (int j = 0; j < 3; j++) {
            float sign = Math.signum(there[j] * back[j]);
            for (int r = 0; r < n; r++) {
                assertThat(back[r * 3 + j]).isCloseTo(sign * there[r * 3 + j], within(1e-4f));
            }
        }
    }

    @Test
    void representationsThatShareNothingHaveSmallCorrelationsAndTwinsLargeOnes() {
        int n = 2000;
        float[] x = shared(n, 6, 1, 0);
        float[] y = shared(n, 6, 2, 99);
        assertThat(correlation(joined(x, 6, y, 6), 6)).isLessThan(0.1);
        // A ridge of one mean variance takes half of what has the mean variance.
        assertThat(correlation(joined(x, 6, x, 6), 6)).isBetween(0.5, 1.0);
        Projection twins = Consensus.fit(axes(6, "axis"), moments(joined(x, 6, x, 6), 12), 6);
        float[] components = twins.components();
        for (int j = 0; j < 6; j++) {
            for (int i = 0; i < 6; i++) {
                assertThat(components[j * 12 + i + 6]).isCloseTo(components[j * 12 + i], within(1e-4f));
            }
        }
    }

    @Test
    void whatDoesNotVaryIsZero() {
        int n = 50;
        float[] x = shared(n, 5, 1, 0);
        float[] y = new float[n * 4];
        Arrays.fill(y, 2.5f);
        for (String scale : new String[] {"axis", "none", "shrink"}) {
            Projection projection = Consensus.fit(axes(4, scale), moments(joined(x, 5, y, 4), 9), 5);
            assertThat(projection.zeroVariance()).isEqualTo(4);
            assertThat(projection.project(joined(x, 5, y, 4), n)).containsOnly(0);
        }
        for (int r = 0; r < n; r++) {
            y[r * 4 + 1] = x[r * 5] + x[r * 5 + 1];
        }
        Projection one = Consensus.fit(axes(4, "axis"), moments(joined(x, 5, y, 4), 9), 5);
        assertThat(one.zeroVariance()).isEqualTo(3);
        float[] targets = one.project(joined(x, 5, y, 4), n);
        double squares = 0;
        for (int r = 0; r < n; r++) {
            assertThat(Arrays.copyOfRange(targets, r * 4 + 1, r * 4 + 4)).containsOnly(0);
            squares += (double) targets[r * 4] * targets[r * 4];
        }
        assertThat(squares / n).isCloseTo(1, within(1e-5));
    }

    @Test
    void fewerSamplesThanValuesAreLegal() {
        float[] rows = joined(shared(6, 20, 1, 0), 20, shared(6, 30, 2, 0), 30);
        Projection projection = Consensus.fit(axes(20, "axis"), moments(rows, 50), 20);
        assertThat(projection.zeroVariance()).isBetween(15, 19);
    }

    @Test
    void wrongSettingsAreRefused() {
        Moments moments = moments(joined(shared(9, 5, 1, 0), 5, shared(9, 4, 2, 0), 4), 9);
        assertThatThrownBy(() -> Consensus.fit(axes(5, "axis"), moments, 5))
                .hasMessage("The priors give 5 and 4 values, --dimensions asks for 5: ask for 4 or less.");
        assertThatThrownBy(() -> Consensus.fit(axes(2, "axis"), moments, 9)).hasMessageContaining("9 of 9 values");
        assertThatThrownBy(() -> Projections.fit(axes(2, "axis"), moments))
                .hasMessageContaining("the features of both");
        assertThatThrownBy(() -> Consensus.fit(axes(2, "axis"), Moments.ofBlock(new float[9], 1, 9), 5))
                .hasMessageContaining("two samples or more");
    }

    private static double correlation(float[] rows, int each) {
        return Math.sqrt(
                Consensus.fit(axes(1, "axis"), moments(rows, 2 * each), each).explainedVariance()[0]);
    }

    private static float[] targets(float[] rows, int ours, int theirs, int k) {
        Projection projection = Consensus.fit(axes(k, "none"), moments(rows, ours + theirs), ours);
        return projection.project(rows, rows.length / (ours + theirs));
    }

    private static Axes axes(Object dimensions, String scale) {
        return new Axes(ProjectionKind.CONSENSUS, Dimensions.of(dimensions.toString()), AxisScale.of(scale), 0);
    }

    private static Moments moments(float[] rows, int width) {
        return Moments.ofBlock(rows, rows.length / width, width);
    }

    /** Three values that all have in common whose {@code common} is the same, mixed and with noise. */
    private static float[] shared(int n, int d, long seed, long common) {
        Random values = new Random(common);
        float[] noise = Samples.rows(n, d, seed);
        Random mixing = new Random(seed);
        float[] mix = new float[3 * d];
        for (int i = 0; i < mix.length; i++) {
            mix[i] = (float) mixing.nextGaussian();
        }
        float[] rows = new float[n * d];
        for (int r = 0; r < n; r++) {
            float[] own = {
                2 * (float) values.nextGaussian(), (float) values.nextGaussian(), (float) values.nextGaussian()
            };
            for (int j = 0; j < d; j++) {
                rows[r * d + j] =
                        own[0] * mix[j] + own[1] * mix[d + j] + own[2] * mix[2 * d + j] + noise[r * d + j] / 4;
            }
        }
        return rows;
    }

    private static float[] joined(float[] x, int ours, float[] y, int theirs) {
        int n = x.length / ours;
        float[] rows = new float[n * (ours + theirs)];
        for (int r = 0; r < n; r++) {
            System.arraycopy(x, r * ours, rows, r * (ours + theirs), ours);
            System.arraycopy(y, r * theirs, rows, r * (ours + theirs) + ours, theirs);
        }
        return rows;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
