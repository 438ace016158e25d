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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
        Projection projection = Projections.fit(ProjectionKind.PCA, moments, k, 0);

        assertThat(flat(moments.comomentRows())).containsExactly(wanted.get("comoment"), within(1e-9));
        assertClose(projection.mean(), wanted.get("mean"), 1e-6);
        assertClose(projection.components(), wanted.get("axes"), 1e-6);
        assertClose(projection.explainedVariance(), wanted.get("eigenvalues"), 1e-4);
        assertClose(projection.scale(), wanted.get("scale"), 1e-5);
        assertThat(projection.totalVariance()).isCloseTo(wanted.get("total_variance")[0], within(1e-9));
        assertClose(projection.project(features, n), wanted.get("targets"), 1e-5);
    }

    @ParameterizedTest
    @CsvSource({"8,8", "8,3", "33,10", "33,33"})
    void axesAreOrderedOrthonormalEigenvectors(int d, int k) {
        int n = 3 * d;
        Moments moments = Moments.ofBlock(Samples.rows(n, d, d), n, d);
        Projection projection = Projections.fit(ProjectionKind.PCA, moments, k, 0);

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
        Projection projection = Projections.fit(ProjectionKind.PCA, Moments.ofBlock(features, n, d), d, 0);
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
        Projection projection = Projections.fit(kind, Moments.ofBlock(features, n, d), k, 5);

        assertStandardised(projection.project(features, n), n, k);
        assertThat(projection.zeroVariance()).isZero();
        assertThat(projection.samples()).isEqualTo(n);
    }

    @Test
    void fewerSamplesThanDimensionsLeaveZeros() {
        int n = 6;
        int d = 16;
        float[] features = Samples.rows(n, d, 3);
        Projection projection = Projections.fit(ProjectionKind.PCA, Moments.ofBlock(features, n, d), d, 0);

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
        Projection projection = Projections.fit(kind, Moments.ofBlock(features, 9, 4), 3, 0);

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
        assertThat(Projections.fit(ProjectionKind.PCA, Moments.ofBlock(features, n, d), d, 0)
                        .zeroVariance())
                .isEqualTo(1);
        assertThat(Projections.fit(ProjectionKind.NONE, Moments.ofBlock(features, n, d), d, 0)
                        .zeroVariance())
                .isEqualTo(1);
    }

    @Test
    void noneIsTheIdentity() {
        float[] features = Samples.rows(5, 3, 1);
        Projection projection = Projections.fit(ProjectionKind.NONE, Moments.ofBlock(features, 5, 3), 512, 0);

        assertThat(projection.project(features, 5)).containsExactly(features);
        assertThat(projection.outputDimension()).isEqualTo(3);
        assertThat(projection.components()).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1);
    }

    @Test
    void randomAxesComeFromTheSeedAlone() {
        Moments moments = Moments.ofBlock(Samples.rows(50, 24, 1), 50, 24);
        Moments others = Moments.ofBlock(Samples.rows(70, 24, 2), 70, 24);
        float[] axes = Projections.fit(ProjectionKind.RANDOM, moments, 24, 7).components();

        assertOrthonormal(axes, 24, 24);
        assertThat(Projections.fit(ProjectionKind.RANDOM, others, 24, 7).components())
                .containsExactly(axes);
        assertThat(Projections.fit(ProjectionKind.RANDOM, moments, 24, 8).components())
                .isNotEqualTo(axes);
    }

    @Test
    void rowGivesTheSameBitsWhereverItStands() {
        int n = 101;
        int d = 37;
        int k = 19;
        float[] features = Samples.rows(n, d, 6);
        Projection projection = Projections.fit(ProjectionKind.PCA, Moments.ofBlock(features, n, d), k, 0);
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
        Projection projection = Projections.fit(ProjectionKind.PCA, Moments.ofBlock(features, 4, 3), 2, 0);
        float[] clean = projection.project(features, 4);
        features[4] = Float.NaN;

        float[] spoilt = projection.project(features, 4);

        assertThat(Samples.row(spoilt, 1, 2)).containsOnly(Float.NaN);
        assertThat(Samples.row(spoilt, 2, 2)).containsExactly(Samples.row(clean, 2, 2));
    }

    @Test
    void errorsCarryTheRepair() {
        Moments moments = Moments.ofBlock(new float[384 * 2], 2, 384);
        assertThatThrownBy(() -> Projections.fit(ProjectionKind.PCA, moments, 512, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The prior gives 384 values, --dimensions asks for 512: ask for 384 or less.");
        assertThatThrownBy(() -> Projections.fit(ProjectionKind.RANDOM, moments, 0, 0))
                .hasMessageContaining("asks for 0");
        Moments one = Moments.ofBlock(new float[3], 1, 3);
        assertThatThrownBy(() -> Projections.fit(ProjectionKind.PCA, one, 2, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("need two samples or more, there is 1");
        assertThat(Projections.fit(ProjectionKind.RANDOM, one, 2, 0).zeroVariance())
                .isEqualTo(2);
        Projection projection = Projections.fit(ProjectionKind.NONE, one, 3, 0);
        assertThatThrownBy(() -> projection.project(new float[7], 2)).hasMessageContaining("2 rows of 3 values");
        assertThatThrownBy(() -> ProjectionKind.of("PCA")).hasMessageContaining("pca, random or none");
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
