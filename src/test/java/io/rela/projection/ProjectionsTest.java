package io.rela.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rela.moments.Moments;
import io.rela.testing.Expectations;
import io.rela.testing.Samples;
import io.rela.testing.SomeAxes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectionsTest {
    @Test
    void agreesWithNumPy() throws IOException {
        Map<String, double[]> wanted = Expectations.read("/projection/expectations.txt");
        int n = (int) wanted.get("shape")[0];
        int d = (int) wanted.get("shape")[1];
        int k = (int) wanted.get("shape")[2];
        float[] features = new float[n * d];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) wanted.get("features")[i];
        }
        Moments moments = Moments.ofBlock(features, n, d);
        Projection projection = Projections.fit(SomeAxes.pca(k), moments);

        assertThat(flat(moments.comomentRows())).containsExactly(wanted.get("comoment"), within(1e-9));
        assertClose(projection.mean(), wanted.get("mean"), 1e-6);
        assertClose(projection.components(), wanted.get("axes"), 1e-6);
        assertClose(projection.explainedVariance(), wanted.get("eigenvalues"), 1e-4);
        assertClose(projection.scale(), wanted.get("scale"), 1e-5);
        assertThat(projection.totalVariance()).isCloseTo(wanted.get("total_variance")[0], within(1e-9));
        assertClose(projection.project(features, n), wanted.get("targets"), 1e-5);
        for (String scale : new String[] {"none", "shrink:0.5"}) {
            Projection other = Projections.fit(SomeAxes.pca(k, AxisScale.of(scale)), moments);
            assertThat(other.components()).containsExactly(projection.components());
            assertClose(other.scale(), wanted.get("scale_" + scale.replace(":0.5", "")), 1e-5);
            assertClose(other.project(features, n), wanted.get("targets_" + scale.replace(":0.5", "")), 1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({"8,8", "8,3", "33,10", "33,33"})
    void axesAreOrderedOrthonormalEigenvectors(int d, int k) {
        int n = 3 * d;
        Moments moments = Moments.ofBlock(Samples.rows(n, d, d), n, d);
        Projection projection = Projections.fit(SomeAxes.pca(k), moments);

        assertOrthonormal(projection.components(), k, d);
        float[] values = projection.explainedVariance();
        double[][] matrix = moments.comomentRows();
        for (int j = 0; j < k; j++) {
            float[] axis = Samples.row(projection.components(), j, d);
            for (int i = 0; i < d; i++) {
                double product = 0;
                for (int l = 0; l < d; l++) {
                    product += matrix[i][l] / (n - 1) * axis[l];
                }
                assertThat(product).isCloseTo(values[j] * (double) axis[i], within(1e-5 * values[0]));
            }
            assertThat(j == 0 || values[j] <= values[j - 1]).isTrue();
            int largest = 0;
            for (int i = 1; i < d; i++) {
                largest = Math.abs(axis[i]) > Math.abs(axis[largest]) ? i : largest;
            }
            assertThat(axis[largest]).isPositive();
        }
    }

    @Test
    void allAxesRebuildTheFeatures() {
        int n = 40;
        int d = 12;
        float[] features = Samples.rows(n, d, 1);
        Projection projection = Projections.fit(SomeAxes.pca(d), Moments.ofBlock(features, n, d));
        float[] targets = projection.project(features, n);

        float[] mean = projection.mean();
        float[] axes = projection.components();
        float[] scale = projection.scale();
        for (int r = 0; r < n; r++) {
            for (int i = 0; i < d; i++) {
                double value = mean[i];
                for (int j = 0; j < d; j++) {
                    value += (double) targets[r * d + j] * scale[j] * axes[j * d + i];
                }
                assertThat(value).isCloseTo(features[r * d + i], within(1e-4));
            }
        }
        double sum = 0;
        for (float variance : projection.explainedVariance()) {
            sum += variance;
        }
        assertThat(sum).isCloseTo(projection.totalVariance(), within(1e-4));
    }

    @ParameterizedTest
    @EnumSource(
            value = ProjectionKind.class,
            names = {"PCA", "RANDOM"})
    void targetsAreStandardised(ProjectionKind kind) {
        int n = 300;
        int d = 20;
        int k = 7;
        float[] features = Samples.rows(n, d, 2);
        Projection projection = Projections.fit(SomeAxes.of(kind, k, 5), Moments.ofBlock(features, n, d));

        assertStandardised(projection.project(features, n), n, k);
        assertThat(projection.zeroVariance()).isZero();
        assertThat(projection.samples()).isEqualTo(n);
    }

    @ParameterizedTest
    @ValueSource(strings = {"axis", "none", "shrink", "shrink:0.01"})
    void fewerDimensionsAreTheFirstOfMoreAndVariancesAddUpToTheirNumber(String scale) {
        int n = 300;
        int d = 20;
        float[] features = Samples.rows(n, d, 2);
        for (int r = 0; r < n; r++) {
            features[r * d + 7] = 0.3f;
        }
        Moments moments = Moments.ofBlock(features, n, d);
        float[] more =
                Projections.fit(SomeAxes.pca(d, AxisScale.of(scale)), moments).project(features, n);
        float[] fewer =
                Projections.fit(SomeAxes.pca(5, AxisScale.of(scale)), moments).project(features, n);

        double factor = fewer[0] / more[0];
        for (int r = 0; r < n; r++) {
            for (int j = 0; j < 5; j++) {
                assertThat((double) fewer[r * 5 + j]).isCloseTo(factor * more[r * d + j], within(1e-4));
            }
        }
        assertThat(squares(more) / n).isCloseTo(d - 1, within(1e-4));
        assertThat(squares(fewer) / n).isCloseTo(5, within(1e-4));
        assertThat(more[d - 1]).isZero();
    }

    @Test
    void axesAtTheirOwnScaleAreARotation() {
        float[] features = Samples.rows(60, 9, 5);
        Moments moments = Moments.ofBlock(features, 60, 9);
        Projection projection = Projections.fit(SomeAxes.pca(9, AxisScale.none()), moments);

        float[] scale = projection.scale();
        assertThat(scale).containsOnly(scale[0]);
        float[] targets = projection.project(features, 60);
        for (int r = 1; r < 60; r++) {
            assertThat(distance(targets, 0, r, 9) * scale[0]).isCloseTo(distance(features, 0, r, 9), within(1e-4));
        }
    }

    @Test
    void scalesAreReadAsTheyAreWritten() {
        assertThat(AxisScale.of("shrink")).isEqualTo(new AxisScale.Shrink(1));
        for (String text : new String[] {"axis", "none", "shrink:0.25"}) {
            assertThat(AxisScale.of(text.toUpperCase(Locale.ROOT))).hasToString(text);
        }
        for (String text : new String[] {"", "shrink:", "shrink:0", "shrink:-1", "shrink:NaN", "shrink:inf", "axes"}) {
            assertThatThrownBy(() -> AxisScale.of(text)).as(text).hasMessageContaining("such as shrink:0.5");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "60%", "90%", "100%"})
    void dimensionsThatTheVariancesSayGiveTheBitsOfThatNumber(String asked) {
        int n = 200;
        int d = 24;
        float[] features = Samples.rows(n, d, 8);
        for (int r = 0; r < n; r++) {
            features[r * d + 3] = 1;
        }
        Moments moments = Moments.ofBlock(features, n, d);
        Projection whole = Projections.fit(SomeAxes.pca(d), moments);
        Projection found = Projections.fit(SomeAxes.pca(asked), moments);

        int k = found.outputDimension();
        assertThat(found).isEqualTo(Projections.fit(SomeAxes.pca(k), moments));
        if (asked.equals("auto")) {
            assertThat(k).isEqualTo(8);
        } else {
            double share = Double.parseDouble(asked.replace("%", "")) / 100;
            assertThat(held(whole, k)).isGreaterThanOrEqualTo(share - 1e-6);
            assertThat(held(whole, k - 1)).isLessThan(share);
            assertThat(asked.equals("100%")).isEqualTo(k == d - 1);
        }
    }

    @Test
    void fewerSamplesThanDimensionsLeaveZeros() {
        int n = 6;
        int d = 16;
        float[] features = Samples.rows(n, d, 3);
        Projection projection = Projections.fit(SomeAxes.pca(d), Moments.ofBlock(features, n, d));

        assertThat(projection.zeroVariance()).isEqualTo(d - n + 1);
        assertOrthonormal(projection.components(), d, d);
        float[] targets = projection.project(features, n);
        for (int r = 0; r < n; r++) {
            assertThat(Arrays.copyOfRange(targets, r * d + n - 1, (r + 1) * d)).containsOnly(0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ProjectionKind.class,
            names = {"PCA", "RANDOM"})
    void constantFeaturesGiveZeros(ProjectionKind kind) {
        float[] features = new float[9 * 4];
        Arrays.fill(features, 1.7f);
        Projection projection = Projections.fit(SomeAxes.of(kind, 3, 0), Moments.ofBlock(features, 9, 4));

        assertThat(projection.zeroVariance()).isEqualTo(3);
        assertThat(projection.totalVariance()).isZero();
        assertThat(projection.project(features, 9)).containsOnly(0);
    }

    @Test
    void constantDimensionIsCountedOnce() {
        int n = 50;
        int d = 6;
        float[] features = Samples.rows(n, d, 4);
        for (int r = 0; r < n; r++) {
            features[r * d + 2] = 0.3f;
        }
        assertThat(Projections.fit(SomeAxes.pca(d), Moments.ofBlock(features, n, d))
                        .zeroVariance())
                .isEqualTo(1);
        assertThat(Projections.fit(SomeAxes.none(), Moments.ofBlock(features, n, d))
                        .zeroVariance())
                .isEqualTo(1);
    }

    @Test
    void noneIsTheIdentity() {
        float[] features = Samples.rows(5, 3, 1);
        Projection projection = Projections.fit(SomeAxes.none(), Moments.ofBlock(features, 5, 3));

        assertThat(projection.project(features, 5)).containsExactly(features);
        assertThat(projection.outputDimension()).isEqualTo(3);
        assertThat(projection.components()).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1);
    }

    @Test
    void randomAxesComeFromTheSeedAlone() {
        Moments moments = Moments.ofBlock(Samples.rows(50, 24, 1), 50, 24);
        Moments others = Moments.ofBlock(Samples.rows(70, 24, 2), 70, 24);
        float[] axes = Projections.fit(SomeAxes.random(24, 7), moments).components();

        assertOrthonormal(axes, 24, 24);
        assertThat(Projections.fit(SomeAxes.random(24, 7), others).components()).containsExactly(axes);
        assertThat(Projections.fit(SomeAxes.random(24, 8), moments).components())
                .isNotEqualTo(axes);
    }

    @Test
    void rowGivesTheSameBitsWhereverItStands() {
        int n = 101;
        int d = 37;
        int k = 19;
        float[] features = Samples.rows(n, d, 6);
        Projection projection = Projections.fit(SomeAxes.pca(k), Moments.ofBlock(features, n, d));
        float[] whole = projection.project(features, n);

        for (int r = 0; r < n; r++) {
            assertThat(projection.project(Samples.row(features, r, d))).containsExactly(Samples.row(whole, r, k));
        }
        for (int first = 1; first < 40; first++) {
            float[] tail = projection.project(Arrays.copyOfRange(features, first * d, n * d), n - first);
            assertThat(tail).containsExactly(Arrays.copyOfRange(whole, first * k, n * k));
        }
        assertThat(projection.project(new float[0], 0)).isEmpty();
    }

    @Test
    void notANumberSpoilsItsOwnRowOnly() {
        float[] features = Samples.rows(4, 3, 1);
        Projection projection = Projections.fit(SomeAxes.pca(2), Moments.ofBlock(features, 4, 3));
        float[] clean = projection.project(features, 4);
        features[4] = Float.NaN;

        float[] spoilt = projection.project(features, 4);

        assertThat(Samples.row(spoilt, 1, 2)).containsOnly(Float.NaN);
        assertThat(Samples.row(spoilt, 2, 2)).containsExactly(Samples.row(clean, 2, 2));
    }

    @Test
    void errorsCarryTheRepair() {
        Moments moments = Moments.ofBlock(new float[384 * 2], 2, 384);
        assertThatThrownBy(() -> Projections.fit(SomeAxes.pca(512), moments))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The prior gives 384 values, --dimensions asks for 512: ask for 384 or less.");
        Moments one = Moments.ofBlock(new float[3], 1, 3);
        assertThatThrownBy(() -> Projections.fit(SomeAxes.pca(2), one))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("need two samples or more, there is 1");
        assertThat(Projections.fit(SomeAxes.random(2, 0), one).zeroVariance()).isEqualTo(2);
        Projection projection = Projections.fit(SomeAxes.none(), one);
        assertThatThrownBy(() -> projection.project(new float[7], 2)).hasMessageContaining("2 rows of 3 values");
        assertThatThrownBy(() -> ProjectionKind.of("PCA")).hasMessageContaining("pca, random or none");
    }

    /** The share of the variance that the first k axes hold. */
    private static double held(Projection projection, int k) {
        double sum = 0;
        for (int j = 0; j < k; j++) {
            sum += projection.explainedVariance()[j];
        }
        return sum / projection.totalVariance();
    }

    private static double squares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    private static double distance(float[] rows, int a, int b, int d) {
        double sum = 0;
        for (int i = 0; i < d; i++) {
            double difference = (double) rows[a * d + i] - rows[b * d + i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    private static void assertOrthonormal(float[] axes, int k, int d) {
        for (int a = 0; a < k; a++) {
            for (int b = 0; b <= a; b++) {
                double dot = 0;
                for (int i = 0; i < d; i++) {
                    dot += (double) axes[a * d + i] * axes[b * d + i];
                }
                assertThat(dot).isCloseTo(a == b ? 1 : 0, within(1e-6));
            }
        }
    }

    private static void assertStandardised(float[] targets, int n, int k) {
        for (int j = 0; j < k; j++) {
            double sum = 0;
            double squares = 0;
            for (int r = 0; r < n; r++) {
                sum += targets[r * k + j];
                squares += (double) targets[r * k + j] * targets[r * k + j];
            }
            assertThat(sum / n).isCloseTo(0, within(1e-5));
            assertThat(Math.sqrt(squares / n)).isCloseTo(1, within(1e-5));
        }
    }

    private static void assertClose(float[] actual, double[] wanted, double tolerance) {
        assertThat(actual).hasSize(wanted.length);
        for (int i = 0; i < wanted.length; i++) {
            assertThat((double) actual[i]).isCloseTo(wanted[i], within(tolerance));
        }
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }
}
