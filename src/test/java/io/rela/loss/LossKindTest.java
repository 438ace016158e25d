package io.rela.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each loss against its formula, written out here another way, on made-up vectors. */
class LossKindTest {
    private static final int TIMES = 200;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 512})
    void cosineIsOneLessTheDotProductOfUnitVectors(int length) {
        Random random = new Random(length);
        for (int i = 0; i < TIMES; i++) {
            float[] output = gaussian(random, length, 3);
            float[] target = gaussian(random, length, 0.1f);
            double[] a = unit(output);
            double[] b = unit(target);
            double dot = 0;
            double square = 0;
            for (int d = 0; d < length; d++) {
                dot += a[d] * b[d];
                square += (a[d] - b[d]) * (a[d] - b[d]);
            }
            double loss = LossKind.COSINE.of(output, target);
            assertThat(loss).isCloseTo(1 - dot, within(1e-12)).isBetween(0.0, 2.0);
            // On unit vectors it is half of the squared distance.
            assertThat(loss).isCloseTo(square / 2, within(1e-12));
        }
    }

    @Test
    void cosineDoesNotSeeLengths() {
        Random random = new Random(1);
        float[] output = gaussian(random, 64, 1);
        float[] target = gaussian(random, 64, 1);
        double loss = LossKind.COSINE.of(output, target);
        // Powers of two change no digit.
        assertThat(LossKind.COSINE.of(scaled(output, 1024), scaled(target, 1f / 4096)))
                .isCloseTo(loss, within(1e-15));
        assertThat(LossKind.COSINE.of(output, scaled(output, 8))).isCloseTo(0, within(1e-15));
        assertThat(LossKind.COSINE.of(output, scaled(output, -8))).isCloseTo(2, within(1e-15));
        assertThat(LossKind.COSINE.of(new float[] {3, 0}, new float[] {0, 5})).isEqualTo(1);
    }

    @Test
    void cosineOfAZeroVectorIsOne() {
        float[] zero = new float[5];
        float[] some = {1, -2, 3, -4, 5};
        assertThat(LossKind.COSINE.of(zero, some)).isEqualTo(1);
        assertThat(LossKind.COSINE.of(some, zero)).isEqualTo(1);
        assertThat(LossKind.COSINE.of(zero, zero)).isEqualTo(1);
        assertThat(LossKind.COSINE.of(new float[] {-0f}, new float[] {-0f})).isEqualTo(1);
    }

    @Test
    void cosineOfFiniteVectorsIsNeverNaN() {
        float[] values = {
            0, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, 1, -1, 1e20f, Float.MAX_VALUE, -Float.MAX_VALUE
        };
        for (float a : values) {
            for (float b : values) {
                for (float c : values) {
                    for (float d : values) {
                        assertThat(LossKind.COSINE.of(new float[] {a, b}, new float[] {c, d}))
                                .isBetween(0.0, 2.0);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100})
    void mseIsTheMeanOfSquares(int length) {
        Random random = new Random(length);
        for (int i = 0; i < TIMES; i++) {
            float[] output = gaussian(random, length, 2);
            float[] target = gaussian(random, length, 2);
            // |a|² − 2ab + |b|², over the number of values
            double sum = 0;
            for (int d = 0; d < length; d++) {
                sum += (double) output[d] * output[d] - 2.0 * output[d] * target[d] + (double) target[d] * target[d];
            }
            assertThat(LossKind.MSE.of(output, target))
                    .isCloseTo(sum / length, within(1e-12 * (1 + sum)))
                    .isNotNegative();
            assertThat(LossKind.MSE.of(output, output)).isZero();
        }
        assertThat(LossKind.MSE.of(new float[] {Float.MAX_VALUE}, new float[] {-Float.MAX_VALUE}))
                .isFinite();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 1000})
    void lossesOfLabelsAreOfTheSoftmax(int classes) {
        Random random = new Random(classes);
        for (int i = 0; i < TIMES; i++) {
            float[] logits = gaussian(random, classes, 4);
            int label = random.nextInt(classes);
            double all = 0;
            for (float logit : logits) {
                all += Math.exp(logit);
            }
            double square = 0;
            for (int c = 0; c < classes; c++) {
                double probability = Math.exp(logits[c]) / all;
                square += c == label ? (1 - probability) * (1 - probability) : probability * probability;
            }
            assertThat(LossKind.CROSS_ENTROPY.of(logits, label))
                    .isCloseTo(-Math.log(Math.exp(logits[label]) / all), within(1e-10))
                    .isNotNegative();
            assertThat(LossKind.EL2N.of(logits, label))
                    .isCloseTo(Math.sqrt(square), within(1e-12))
                    .isBetween(0.0, Math.sqrt(2));
        }
    }

    @Test
    void largeLogitsDoNotOverflow() {
        float[] logits = {1000, -1000, 1000};
        assertThat(LossKind.CROSS_ENTROPY.of(logits, 0)).isCloseTo(Math.log(2), within(1e-12));
        assertThat(LossKind.CROSS_ENTROPY.of(logits, 1)).isCloseTo(2000 + Math.log(2), within(1e-9));
        assertThat(LossKind.EL2N.of(logits, 0)).isCloseTo(Math.sqrt(0.5), within(1e-12));
        assertThat(LossKind.EL2N.of(new float[] {1000, -1000}, 1)).isCloseTo(Math.sqrt(2), within(1e-12));
        assertThat(LossKind.CROSS_ENTROPY.of(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}, 1))
                .isFinite();
    }

    @Test
    void anEvenGuessCostsTheLogarithmOfTheClasses() {
        assertThat(LossKind.CROSS_ENTROPY.of(new float[10], 7)).isCloseTo(Math.log(10), within(1e-12));
        assertThat(LossKind.EL2N.of(new float[10], 7)).isCloseTo(Math.sqrt(0.81 + 9 * 0.01), within(1e-12));
        assertThat(LossKind.CROSS_ENTROPY.of(new float[] {5}, 0)).isZero();
        assertThat(LossKind.EL2N.of(new float[] {5}, 0)).isZero();
    }

    @Test
    void anOutputThatIsNotFiniteShowsInTheLoss() {
        assertThat(LossKind.COSINE.of(new float[] {Float.NaN, 1}, new float[] {1, 1}))
                .isNaN();
        assertThat(LossKind.MSE.of(new float[] {Float.POSITIVE_INFINITY}, new float[] {1}))
                .isInfinite();
        assertThat(LossKind.CROSS_ENTROPY.of(new float[] {Float.NaN, 1}, 1)).isNaN();
    }

    @ParameterizedTest
    @EnumSource(LossKind.class)
    void aLossTakesALabelOrATargetAndNotTheOther(LossKind kind) {
        float[] values = {1, 2};
        if (kind.ofLabels()) {
            assertThat(kind.of(values, 1)).isFinite();
            assertThatThrownBy(() -> kind.of(values, values)).isInstanceOf(IllegalStateException.class);
        } else {
            assertThat(kind.of(values, values)).isFinite();
            assertThatThrownBy(() -> kind.of(values, 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anOutputOfAnotherLengthHasNoLoss() {
        assertThatThrownBy(() -> LossKind.COSINE.of(new float[3], new float[4]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3")
                .hasMessageContaining("4");
        assertThatThrownBy(() -> LossKind.MSE.of(new float[4], new float[3]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static float[] gaussian(Random random, int length, float scale) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian() * scale;
        }
        return values;
    }

    private static float[] scaled(float[] values, float factor) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    private static double[] unit(float[] values) {
        double norm = 0;
        for (float value : values) {
            norm = Math.hypot(norm, value);
        }
        double[] unit = new double[values.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = values[i] / norm;
        }
        return unit;
    }
}
