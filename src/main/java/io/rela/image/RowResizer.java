package io.rela.image;

import java.util.Arrays;

/**
 * The pass across: one row of a picture to the length of the kernel's window. Gathers, for each of the kernel's taps, the
 * pixel that every output pixel needs; what then remains is arithmetic on contiguous rows, which is fast.
 *
 * <p>Owns scratch memory: not for sharing between threads.
 */
final class RowResizer {
    /** Taps that are gathered at a time: neighbours, which share the look-up of where they are. */
    private static final int GROUP = 4;

    private final int[][] gathered;
    private final int[] red;
    private final int[] green;
    private final int[] blue;
    private int[] source = new int[0];

    /** @param count output pixels, as the kernels' windows have */
    RowResizer(int count) {
        gathered = new int[GROUP][count];
        red = new int[count];
        green = new int[count];
        blue = new int[count];
    }

    /** Resizes row {@code y} into {@code out}, as words. */
    void resize(RgbImage image, int y, ResizeKernel kernel, int[] out) {
        int left = kernel.starts()[0];
        int count = kernel.end() - left;
        int taps = kernel.weights().length;
        // Taps beyond a pixel's last one weigh nothing, but are read.
        if (source.length < count + taps + GROUP) {
            source = new int[count + taps + GROUP];
        }
        image.row(y, left, count, source);
        Arrays.fill(red, ResizeKernel.ROUNDING);
        Arrays.fill(green, ResizeKernel.ROUNDING);
        Arrays.fill(blue, ResizeKernel.ROUNDING);
        for (int tap = 0; tap < taps; tap += GROUP) {
            gather(source, kernel.starts(), tap - left, gathered[0], gathered[1], gathered[2], gathered[3]);
            for (int i = 0; i < Math.min(GROUP, taps - tap); i++) {
                PixelRows.addWeighted(gathered[i], kernel.weights()[tap + i], red, green, blue);
            }
        }
        PixelRows.round(red, green, blue, out);
    }

    private static void gather(
            int[] from, int[] starts, int shift, int[] first, int[] second, int[] third, int[] fourth) {
        for (int x = 0; x < starts.length; x++) {
            int start = starts[x] + shift;
            first[x] = from[start];
            second[x] = from[start + 1];
            third[x] = from[start + 2];
            fourth[x] = from[start + 3];
        }
    }
}
