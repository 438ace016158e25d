package io.rela.image;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Turns pixels (height, width, channel; unsigned bytes) into a model's input (channel, height, width; floats). Arithmetic
 * is torch's, in float32: {@code v / 255}, minus mean, divided by std. Immutable; threads may share one.
 */
public final class PixelNormalizer {
    private static final int LEVELS = 256;

    /** One table a channel: the value for each of the 256 levels. */
    private final float[][] tables = new float[3][LEVELS];

    public PixelNormalizer(Normalization normalization) {
        List<Float> means = normalization.means();
        List<Float> stds = normalization.stds();
        for (int channel = 0; channel < 3; channel++) {
            for (int level = 0; level < LEVELS; level++) {
                tables[channel][level] = (level / 255f - means.get(channel)) / stds.get(channel);
            }
        }
    }

    /**
     * Writes one picture as three planes, red, green, blue.
     *
     * @param hwc {@code 3 * n} bytes
     * @param chw receives {@code 3 * n} floats from {@code offset} on, by absolute index: its position stays
     * @param offset index of the first float, 0 or more
     * @throws IndexOutOfBoundsException if the floats do not fit
     */
    public void normalize(byte[] hwc, FloatBuffer chw, int offset) {
        int plane = hwc.length / 3;
        for (int channel = 0; channel < 3; channel++) {
            float[] table = tables[channel];
            int out = offset + channel * plane;
            for (int i = channel; i < hwc.length; i += 3) {
                chw.put(out++, table[hwc[i] & 0xFF]);
            }
        }
    }

    /**
     * As {@link #normalize(byte[], FloatBuffer, int)}, into an array.
     *
     * @param hwc {@code 3 * n} bytes
     * @param chw receives {@code 3 * n} floats from {@code offset} on
     * @param offset index of the first float, 0 or more
     * @throws IndexOutOfBoundsException if the floats do not fit
     */
    public void normalize(byte[] hwc, float[] chw, int offset) {
        normalize(hwc, FloatBuffer.wrap(chw), offset);
    }
}
