package io.rela.image;

import java.util.Arrays;

/**
 * Weights of one axis of a resize, for a window of its output pixels, in Pillow's fixed point: computed and normalised in
 * double, then rounded to 22 bits after the point, which leaves 8 bits for the pixel and 2 for the overshoot. Immutable.
 *
 * @param inputSize pixels along the axis
 * @param outputSize pixels along the axis after the resize
 * @param from first output pixel of the window
 * @param starts for each output pixel its first input pixel
 * @param lengths for each output pixel the number of its input pixels
 * @param weights fixed-point weights: for each tap, from {@code starts} on, a row of {@code count}; zero beyond the length
 * @param overshoots whether a weighted sum can lie outside of a pixel's range, and has to be clipped
 */
record ResizeKernel(
        int inputSize, long outputSize, long from, int[] starts, int[] lengths, int[][] weights, boolean overshoots) {

    /** Bits after the point. */
    static final int PRECISION_BITS = 32 - 8 - 2;

    /** What a sum of weighted pixels starts with, so that the shift rounds. */
    static final int ROUNDING = 1 << (PRECISION_BITS - 1);

    static ResizeKernel of(Interpolation filter, int inputSize, long outputSize, long from, int count) {
        double scale = (double) inputSize / outputSize;
        double filterScale = Math.max(scale, 1.0);
        double support = filter.support() * filterScale;
        double inverse = 1.0 / filterScale;
        int taps = (int) Math.ceil(support) * 2 + 1;
        int[] starts = new int[count];
        int[] lengths = new int[count];
        int[][] weights = new int[taps][count];
        int most = 0;
        boolean overshoots = false;
        double[] exact = new double[taps];
        for (int i = 0; i < count; i++) {
            double center = (from + i + 0.5) * scale;
            int start = Math.max((int) (center - support + 0.5), 0);
            int length = Math.min((int) (center + support + 0.5), inputSize) - start;
            double sum = 0;
            for (int tap = 0; tap < length; tap++) {
                exact[tap] = filter.weight((tap + start - center + 0.5) * inverse);
                sum += exact[tap];
            }
            long largest = ROUNDING;
            for (int tap = 0; tap < length; tap++) {
                double weight = sum == 0 ? exact[tap] : exact[tap] / sum;
                weights[tap][i] = (int) (weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
                overshoots |= weights[tap][i] < 0;
                largest += 255L * weights[tap][i];
            }
            overshoots |= largest >> PRECISION_BITS > 255;
            starts[i] = start;
            lengths[i] = length;
            most = Math.max(most, length);
        }
        return new ResizeKernel(inputSize, outputSize, from, starts, lengths, Arrays.copyOf(weights, most), overshoots);
    }

    /** Output pixels in the window. */
    int count() {
        return starts.length;
    }

    boolean fits(int wantedInput, long wantedOutput, long wantedFrom, int wantedCount) {
        return inputSize == wantedInput && outputSize == wantedOutput && from == wantedFrom && count() == wantedCount;
    }

    /** Input pixel after the last one that any output pixel of the window needs. */
    int end() {
        return starts[starts.length - 1] + lengths[starts.length - 1];
    }

    /** A weighted sum as a pixel: shifted and clipped to [0, 255], without branches. */
    static int pixel(int sum) {
        int value = sum >> PRECISION_BITS;
        int positive = value & ~(value >> 31);
        return (positive | (255 - positive) >> 31) & 0xFF;
    }
}
