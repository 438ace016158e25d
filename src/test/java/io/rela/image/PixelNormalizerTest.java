package io.rela.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PixelNormalizerTest {
    private static final int[][] TWO_PIXELS = {{0, 102}, {51, 204}, {255, 1}};

    @Test
    void channelsBecomePlanes() {
        FloatBuffer chw = FloatBuffer.allocate(6);

        new PixelNormalizer(new Normalization(0, 0, 0, 1, 1, 1), 2).row(TWO_PIXELS, chw, 0, 2);

        assertThat(chw.array()).containsExactly(0f, 102 / 255f, 51 / 255f, 204 / 255f, 1f, 1 / 255f);
    }

    @Test
    void arithmeticIsFloat32AsInTorch() {
        FloatBuffer chw = FloatBuffer.allocate(6);

        new PixelNormalizer(Normalization.IMAGENET, 2).row(TWO_PIXELS, chw, 0, 2);

        // numpy: (np.float32(v) / np.float32(255) - np.float32(mean)) / np.float32(std)
        assertThat(chw.array()).containsExactly(-2.117904f, -0.37117907f, -1.1428571f, 1.5357143f, 2.64f, -1.7870152f);
    }

    @Test
    void rowLeavesTheRestOfTheBatchAlone() {
        FloatBuffer batch =
                ByteBuffer.allocateDirect(4 * 18).order(ByteOrder.nativeOrder()).asFloatBuffer();

        new PixelNormalizer(Normalization.HALF, 2).row(TWO_PIXELS, batch, 2, 6);

        assertThat(batch.position()).isZero();
        for (int i = 0; i < 18; i++) {
            boolean written = i % 6 == 2 || i % 6 == 3;
            assertThat(batch.get(i) != 0).isEqualTo(written);
        }
    }

    @Test
    void deviationOfZeroIsRefused() {
        assertThatThrownBy(() -> Normalization.of(List.of(0f, 0f, 0f), List.of(1f, 0f, 1f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("std 1.0,0.0,1.0");
    }

    @Test
    void twoMeansAreRefused() {
        assertThatThrownBy(() -> Normalization.of(List.of(0f, 0f), List.of(1f, 1f, 1f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0.0, 0.0]");
    }
}
