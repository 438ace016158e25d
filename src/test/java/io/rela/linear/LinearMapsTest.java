package io.rela.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rela.moments.Moments;
import io.rela.testing.Expectations;
import io.rela.testing.Pairs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearMapsTest {
    @Test
    void agreesWithNumPy() throws IOException {
        Map<String, double[]> wanted = Expectations.read("/transport/expectations.txt");
        int n = (int) wanted.get("shape")[0];
        int heldOut = (int) wanted.get("shape")[1];
        int d = (int) wanted.get("shape")[2];
        int k = (int) wanted.get("shape")[3];
        List<IndexedPair> pairs = new ArrayList<>();
        for (int r = 0; r < n + heldOut; r++) {
            pairs.add(new IndexedPair(r, row(wanted.get("x"), r, d), row(wanted.get("y"), r, k)));
        }
        Moments training = Pairs.moments(pairs.subList(0, n));

        LinearMap map = LinearMaps.fit(training, d, wanted.get("ridge")[0]);

        assertClose(map.weights(), wanted.get("weights"), 1e-6);
        assertClose(map.bias(), wanted.get("bias"), 1e-5);
        CosineSum cosines = new CosineSum(map, Arrays.copyOfRange(training.mean(), d, d + k));
        float[] x = new float[heldOut * d];
        for (int r = 0; r < heldOut; r++) {
            System.arraycopy(pairs.get(n + r).x(), 0, x, r * d, d);
            cosines.add(pairs.get(n + r));
        }
        assertClose(map.apply(x, heldOut), wanted.get("predicted"), 5e-6);
        Agreement agreement = Agreement.of(
                map, Pairs.moments(pairs.subList(n, n + heldOut)), CosineSum.mean(cosines.fixedPoint(), heldOut));
        assertThat(agreement.samples()).isEqualTo(heldOut);
        assertThat(agreement.r2()).isCloseTo(wanted.get("r2")[0], within(1e-7));
        assertThat(agreement.explainedVariance()).isCloseTo(wanted.get("explained_variance")[0], within(1e-7));
        assertThat(agreement.meanCosine()).isCloseTo(wanted.get("mean_cosine")[0], within(1e-7));
    }

    @Test
    void ridgeHasNoUnit() {
        List<IndexedPair> pairs = noisy();
        List<IndexedPair> larger = pairs.stream()
                .map(pair -> new IndexedPair(pair.index(), scaled(pair.x(), 1024), pair.y()))
                .toList();

        LinearMap map = LinearMaps.fit(Pairs.moments(pairs), 4, 0.1);

        // A power of two moves exponents only.
        assertThat(scaled(LinearMaps.fit(Pairs.moments(larger), 4, 0.1).weights(), 1024))
                .isEqualTo(map.weights());
    }

    @Test
    void meansAreMappedToMeansWhateverTheRidge() {
        Moments moments = Pairs.moments(noisy());
        double[] mean = moments.mean();
        for (double ridge : new double[] {0, 1e-3, 1, 1e6}) {
            LinearMap map = LinearMaps.fit(moments, 4, ridge);
            float[] image = map.apply(floats(Arrays.copyOf(mean, 4)), 1);
            assertClose(image, Arrays.copyOfRange(mean, 4, 7), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-3})
    void dimensionsWithoutVarianceAndTwinsDoNoHarm(double ridge) {
        List<IndexedPair> pairs = noisy().stream()
                .map(pair -> new IndexedPair(
                        pair.index(),
                        new float[] {pair.x()[0], 7, pair.x()[1], pair.x()[0], pair.x()[2], pair.x()[3]},
                        pair.y()))
                .toList();

        LinearMap map = LinearMaps.fit(Pairs.moments(pairs), 6, ridge);

        for (int j = 0; j < 3; j++) {
            assertThat(map.weights()[j * 6 + 1]).isZero();
            assertThat(map.weights()[j * 6]).isCloseTo(map.weights()[j * 6 + 3], within(1e-4f));
        }
        assertThat(Agreement.of(map, Pairs.moments(pairs), 0).r2()).isGreaterThan(0.9);
    }

    @Test
    void constantInputGivesTheMeanOfTheOutput() {
        List<IndexedPair> pairs = noisy().stream()
                .map(pair -> new IndexedPair(pair.index(), new float[] {3, 3}, pair.y()))
                .toList();
        Moments moments = Pairs.moments(pairs);

        LinearMap map = LinearMaps.fit(moments, 2, 1e-3);

        assertThat(map.weights()).containsOnly(0);
        assertThat(map.bias()).isEqualTo(floats(Arrays.copyOfRange(moments.mean(), 2, 5)));
        assertThat(Agreement.of(map, moments, 0).r2()).isCloseTo(0, within(1e-6));
    }

    @Test
    void constantOutputHasNoAgreement() {
        List<IndexedPair> pairs = noisy().stream()
                .map(pair -> new IndexedPair(pair.index(), pair.x(), new float[] {3}))
                .toList();
        Moments moments = Pairs.moments(pairs);

        assertThat(Agreement.of(LinearMaps.fit(moments, 4, 1e-3), moments, 0)).isEqualTo(new Agreement(60, 0, 0, 0));
    }

    @Test
    void imageOfARowIgnoresItsBatch() {
        List<IndexedPair> pairs = noisy();
        LinearMap map = LinearMaps.fit(Pairs.moments(pairs), 4, 1e-3);
        float[] x = new float[60 * 4];
        for (int r = 0; r < 60; r++) {
            System.arraycopy(pairs.get(r).x(), 0, x, r * 4, 4);
        }
        x[40 * 4] = Float.NaN;

        float[] images = map.apply(x, 60);

        for (int r = 0; r < 60; r++) {
            float[] alone = map.apply(Arrays.copyOfRange(x, r * 4, r * 4 + 4), 1);
            assertThat(Arrays.copyOfRange(images, r * 3, r * 3 + 3)).isEqualTo(alone);
            assertThat(Float.isNaN(alone[0])).isEqualTo(r == 40);
        }
        assertThat(map.apply(new float[0], 0)).isEmpty();
        assertThatThrownBy(() -> map.apply(x, 59)).hasMessageContaining("59 rows of 4 values, and there are 240");
    }

    @Test
    void argumentsAreChecked() {
        Moments moments = Pairs.moments(noisy());
        assertThatThrownBy(() -> LinearMaps.fit(Pairs.moments(noisy().subList(0, 1)), 4, 1e-3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two training samples or more, there is 1");
        assertThatThrownBy(() -> LinearMaps.fit(moments, 7, 1e-3)).hasMessageContaining("an x of 7 and a y");
        assertThatThrownBy(() -> LinearMaps.fit(moments, 0, 1e-3)).hasMessageContaining("an x of 0");
        assertThatThrownBy(() -> LinearMaps.fit(moments, 4, -1)).hasMessageContaining("ridge is -1.0");
        assertThatThrownBy(() -> LinearMaps.fit(moments, 4, Double.NaN)).hasMessageContaining("ridge is NaN");
        assertThatThrownBy(() -> new LinearMap(new float[5], new float[2])).hasMessageContaining("weights 5, bias 2");
        assertThatThrownBy(() -> new LinearMap(new float[] {Float.NaN}, new float[1]))
                .hasMessageContaining("weights cannot hold NaN");
    }

    private static List<IndexedPair> noisy() {
        return Pairs.linear(LongStream.range(0, 60).toArray(), 0.2, 1);
    }

    private static float[] scaled(float[] values, float factor) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    private static float[] row(double[] values, int r, int d) {
        return floats(Arrays.copyOfRange(values, r * d, (r + 1) * d));
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static void assertClose(float[] found, double[] wanted, double tolerance) {
        assertThat(found).hasSameSizeAs(wanted);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(wanted[i], within(tolerance));
        }
    }
}
