package io.rela.image;

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
    /** Red, green and blue. */
    private final int[][] sums;

    private int[] source = new int[0];

    /** @param count output pixels, as the kernels' windows have */
    RowResizer(int count) {
        gathered = new int[GROUP][count];
        sums = new int[3][count];
    }

    /** Resizes row {@code y} into {@code out}, as words. */
    void resize(RgbImage image, int y, ResizeKernel kernel, int[] out) {
        int taps = kernel.weights().length;
        int[] from = image.words();
        int shift = y * image.width();
        // Taps beyond a pixel's last one weigh nothing, but are read.
        int end = kernel.end() + taps + GROUP;
        if (from == null || shift + end > from.length) {
            from = copy(image, y, kernel, end);
            shift = -kernel.starts()[0];
        }
        for (int tap = 0; tap < taps; tap += GROUP) {
            gather(from, kernel.starts(), tap + shift, gathered[0], gathered[1], gathered[2], gathered[3]);
            for (int i = 0; i < Math.min(GROUP, taps - tap); i++) {
                int[] weights = kernel.weights()[tap + i];
                if (tap + i == 0) {
                    PixelRows.weighted(gathered[i], weights, sums[0], sums[1], sums[2]);
                } else {
                    PixelRows.addWeighted(gathered[i], weights, sums[0], sums[1], sums[2]);
                }
            }
        }
        PixelRows.round(kernel, sums, out);
    }

    /** The row from the first pixel on that the kernel needs, and room behind it. */
    private int[] copy(RgbImage image, int y, ResizeKernel kernel, int end) {
        int left = kernel.starts()[0];
        if (source.length < end - left) {
            source = new int[end - left];
        }
        image.row(y, left, kernel.end() - left, source);
        return source;
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
