package io.rela.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Loops over a row of pixels that the JVM's compiler turns into vector instructions. For that each runs over whole arrays
 * with one index and nothing added to it, takes its arrays as parameters, and clips without branches.
 *
 * <p>A word is a pixel with red in its highest byte, then green, then blue; sums are {@link ResizeKernel}'s fixed point.
 */
final class PixelRows {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private PixelRows() {}

    /** Sums of the first tap: {@code words * weight}, channel by channel, and what rounds. */
    static void weighted(int[] words, int weight, int[] red, int[] green, int[] blue) {
        for (int x = 0; x < red.length; x++) {
            int word = words[x];
            red[x] = (word >>> 24) * weight + ResizeKernel.ROUNDING;
            green[x] = (word >>> 16 & 0xFF) * weight + ResizeKernel.ROUNDING;
            blue[x] = (word >>> 8 & 0xFF) * weight + ResizeKernel.ROUNDING;
        }
    }

    /** As above, but every pixel has a weight of its own; see {@link #addWeighted(int[], int[], int[], int[], int[])}. */
    static void weighted(int[] words, int[] weights, int[] red, int[] green, int[] blue) {
        for (int x = 0; x < red.length; x++) {
            red[x] = (words[x] >>> 24) * weights[x] + ResizeKernel.ROUNDING;
            green[x] = (words[x] >>> 16 & 0xFF) * weights[x] + ResizeKernel.ROUNDING;
            blue[x] = (words[x] >>> 8 & 0xFF) * weights[x] + ResizeKernel.ROUNDING;
        }
    }

    /** Adds {@code words * weight} to the sums, channel by channel. */
    static void addWeighted(int[] words, int weight, int[] red, int[] green, int[] blue) {
        for (int x = 0; x < red.length; x++) {
            int word = words[x];
            red[x] += (word >>> 24) * weight;
            green[x] += (word >>> 16 & 0xFF) * weight;
            blue[x] += (word >>> 8 & 0xFF) * weight;
        }
    }

    /**
     * As above, but every pixel has a weight of its own. That {@code words[x]} and {@code weights[x]} are read for each channel
     * anew is on purpose: held in variables, JDK 17 makes a loop of it that takes four times as long.
     */
    static void addWeighted(int[] words, int[] weights, int[] red, int[] green, int[] blue) {
        for (int x = 0; x < red.length; x++) {
            red[x] += (words[x] >>> 24) * weights[x];
            green[x] += (words[x] >>> 16 & 0xFF) * weights[x];
            blue[x] += (words[x] >>> 8 & 0xFF) * weights[x];
        }
    }

    /** Rounds sums to words, by a kernel's leave without clipping them. */
    static void round(ResizeKernel kernel, int[][] sums, int[] words) {
        if (kernel.overshoots()) {
            clip(sums[0], sums[1], sums[2], words);
        } else {
            pack(sums[0], sums[1], sums[2], words);
        }
    }

    private static void pack(int[] red, int[] green, int[] blue, int[] words) {
        // A pixel stands in bits 22 to 29 of its sum.
        for (int x = 0; x < words.length; x++) {
            words[x] = (red[x] << 2 & 0xFF000000) | (green[x] >>> 6 & 0xFF0000) | (blue[x] >>> 14 & 0xFF00);
        }
    }

    private static void clip(int[] red, int[] green, int[] blue, int[] words) {
        for (int x = 0; x < words.length; x++) {
            words[x] = ResizeKernel.pixel(red[x]) << 24
                    | ResizeKernel.pixel(green[x]) << 16
                    | ResizeKernel.pixel(blue[x]) << 8;
        }
    }

    /**
     * Takes words apart into bytes red, green, blue: each is written whole, and its lowest byte then covered by the next one.
     *
     * @param out one byte longer than the pixels
     */
    static void interleave(int[] words, byte[] out) {
        for (int x = 0; x < words.length; x++) {
            WORD.set(out, 3 * x, words[x]);
        }
    }
}
