package io.rela.embed;

import io.rela.embed.Stability.Dependence;
import io.rela.model.Embedder;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Looks whether a model's output depends on anything but the picture, by a few forward passes: a batch of made-up pictures
 * twice, a small one more often, then one of them in another place among black ones. On executors; used once, one thread.
 */
final class StabilityProbe {
    /** Deviation in RMS of the features that float32 explains, whatever kernels a device has. */
    private static final double SINGLE = 1e-3;

    /** The same for half precision, of which a unit in the last place is up to 0.8% of a value. */
    private static final double HALF = 2e-2;

    /** What float32 has in its last places when it was float16, or bfloat16, which has fewer: nothing. */
    private static final int BEYOND_HALF = 0x1fff;

    /** Pictures that have to come out the same again: dropout of few features leaves one of them alone now and then. */
    private static final int AGAIN = 4;

    private static final long SEED = 20_240_516;

    private final Embedder embedder;
    private final int batch;
    private final byte[] picture;

    /**
     * @param embedder the model
     * @param batch pictures a forward pass, as the embedder was opened with
     */
    StabilityProbe(Embedder embedder, int batch) {
        this.embedder = embedder;
        this.batch = batch;
        this.picture = new byte[embedder.batchBytes() / batch];
    }

    /** Tries the model. With a batch of one picture there is nothing beside it, so only chance can show. */
    Stability run() {
        ByteBuffer pixels = BatchBuffers.take(embedder.batchBytes());
        try {
            Random random = new Random(SEED);
            for (int slot = batch - 1; slot >= 0; slot--) {
                random.nextBytes(picture);
                pixels.put(slot * picture.length, picture);
            }
            float[] first = embedder.embed(pixels);
            double again = 0;
            for (int seen = 0; seen < AGAIN; seen += batch) {
                again = Math.max(again, deviation(first, 0, embedder.embed(pixels), 0, first.length));
            }
            double elsewhere = batch == 1 ? 0 : elsewhere(pixels, first);
            double allowed = Math.max(again, elsewhere) > SINGLE && isHalf(first) ? HALF : SINGLE;
            if (again > allowed) {
                return new Stability(Dependence.CHANCE, again, allowed);
            }
            return new Stability(
                    elsewhere > allowed ? Dependence.BATCH : Dependence.NONE, Math.max(again, elsewhere), allowed);
        } finally {
            BatchBuffers.giveBack(pixels);
        }
    }

    /** How far the first picture's features differ when it is the last one, and the only one that is not black. */
    private double elsewhere(ByteBuffer pixels, float[] first) {
        int dimension = first.length / batch;
        BatchBuffers.zero(pixels);
        pixels.put((batch - 1) * picture.length, picture);
        return deviation(first, 0, embedder.embed(pixels), (batch - 1) * dimension, dimension);
    }

    /** The largest difference between two runs of values, in RMS of all of {@code a}. */
    private static double deviation(float[] a, int fromA, float[] b, int fromB, int length) {
        double largest = 0;
        for (int i = 0; i < length; i++) {
            float x = a[fromA + i];
            float y = b[fromB + i];
            if (Float.isFinite(x) && Float.isFinite(y)) {
                largest = Math.max(largest, Math.abs((double) x - y));
            } else if (Float.compare(x, y) != 0) {
                return Double.POSITIVE_INFINITY;
            }
        }
        return largest == 0 ? 0 : largest / rms(a);
    }

    private static double rms(float[] values) {
        double sum = 0;
        int finite = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                sum += (double) value * value;
                finite++;
            }
        }
        return Math.sqrt(sum / finite);
    }

    /** Whether the model computes in half precision, as far as its export, its weights and what it gives tell. */
    private boolean isHalf(float[] values) {
        for (float value : values) {
            if ((Float.floatToRawIntBits(value) & BEYOND_HALF) != 0 && Float.isFinite(value)) {
                return embedder.isHalf();
            }
        }
        return true;
    }
}
