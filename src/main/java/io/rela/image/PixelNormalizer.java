package io.rela.image;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Turns levels, 0 to 255, into a model's input (channel, height, width; floats). Arithmetic is torch's, in float32:
 * {@code v / 255}, minus mean, divided by std.
 *
 * <p>Owns scratch memory: not for sharing between threads.
 */
final class PixelNormalizer {
    private static final int LEVELS = 256;

    /** One table a channel: the value for each of the 256 levels. */
    private final float[][] tables = new float[3][LEVELS];

    /** A buffer takes a row at once much faster than float by float. */
    private final float[] row;

    /** @param width pixels a row */
    PixelNormalizer(Normalization normalization, int width) {
        row = new float[width];
        List<Float> means = normalization.means();
        List<Float> stds = normalization.stds();
        for (int channel = 0; channel < 3; channel++) {
            for (int level = 0; level < LEVELS; level++) {
                tables[channel][level] = (level / 255f - means.get(channel)) / stds.get(channel);
            }
        }
    }

    /**
     * Writes a row of the picture into its three planes.
     *
     * @param levels red, green and blue of each pixel, 0 to 255
     * @param chw receives the floats, by absolute index: its position stays
     * @param offset index of the row's first float in the red plane
     * @param plane floats from one plane to the next
     * @throws IndexOutOfBoundsException if the floats do not fit
     */
    void row(int[][] levels, FloatBuffer chw, int offset, int plane) {
        for (int channel = 0; channel < 3; channel++) {
            lookUp(levels[channel], tables[channel], row);
            chw.put(offset + channel * plane, row);
        }
    }

    private static void lookUp(int[] levels, float[] table, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = table[levels[i]];
        }
    }
}
