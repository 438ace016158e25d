package io.rela.image;

import java.nio.ByteBuffer;

/**
 * Resizes and crops decoded pictures, to the bit as torchvision's {@code Resize} and {@code CenterCrop} do on Pillow
 * pictures. The shorter side becomes {@code resize}, the longer {@code int(resize * long / short)}; bilinear and bicubic
 * with antialiasing, across first, then down, each pass rounded to 8 bits; the crop's offset is half the surplus, halves
 * rounded to even. Only what the crop shows is computed, and row by row: scratch memory depends on the crop's size and the
 * reduction, not on the picture's size.
 *
 * <p>Owns scratch memory: one a worker, not for sharing between threads.
 */
public final class Preprocessor {
    private final Preprocessing preprocessing;
    private final RowResizer across;

    /** Red, green and blue of the row of the crop at work, as sums. */
    private final int[][] sums;

    /** The same row as words. */
    private final int[] words;

    /** The same as bytes, and one more: a buffer takes a row at once much faster than byte by byte. */
    private final byte[] bytes;

    /** The rows that the pass down needs at a time, resized across: row y at y modulo their number. */
    private int[][] rows = new int[0][];

    private ResizeKernel lastAcross;
    private ResizeKernel lastDown;

    public Preprocessor(Preprocessing preprocessing) {
        int size = preprocessing.inputSize();
        this.preprocessing = preprocessing;
        this.across = new RowResizer(size);
        this.sums = new int[3][size];
        this.words = new int[size];
        this.bytes = new byte[3 * size + 1];
    }

    /** Gives a row of the picture, its width resized and cropped, as words. */
    private interface RowSource {
        void row(int y, int[] out);
    }

    /**
     * Resizes and crops.
     *
     * @param image any size from 1x1 on
     * @param pixels receives {@code inputSize * inputSize} pixels from its beginning on, row by row: red, green and blue, 0 to
     *     255 as unsigned bytes; its position stays
     * @throws IndexOutOfBoundsException if they do not fit
     */
    public void levels(RgbImage image, ByteBuffer pixels) {
        int size = preprocessing.inputSize();
        int shorter = Math.min(image.width(), image.height());
        long width = resized(image.width(), shorter);
        long height = resized(image.height(), shorter);
        long left = cropOffset(width, size);
        long top = cropOffset(height, size);
        boolean sameWidth = width == image.width();
        if (!sameWidth) {
            lastAcross = kernel(lastAcross, image.width(), width, left);
        }
        RowSource source = sameWidth
                ? (y, out) -> image.row(y, (int) left, size, out)
                : (y, out) -> across.resize(image, y, lastAcross, out);
        if (height == image.height()) {
            for (int y = 0; y < size; y++) {
                source.row((int) top + y, words);
                write(y, pixels);
            }
        } else {
            lastDown = kernel(lastDown, image.height(), height, top);
            resizeDown(source, lastDown, pixels);
        }
    }

    private long resized(int side, int shorter) {
        int resize = preprocessing.resize();
        return side == shorter ? resize : (long) ((double) ((long) resize * side) / shorter);
    }

    /** {@code int(round(surplus / 2.0))} of Python, whose halves go to even. */
    static long cropOffset(long side, int crop) {
        return (long) Math.rint((side - crop) / 2.0);
    }

    private ResizeKernel kernel(ResizeKernel last, int input, long output, long from) {
        int count = preprocessing.inputSize();
        return last != null && last.fits(input, output, from, count)
                ? last
                : ResizeKernel.of(preprocessing.interpolation(), input, output, from, count);
    }

    private void rows(int count) {
        if (rows.length < count) {
            rows = new int[count][preprocessing.inputSize()];
        }
    }

    private void resizeDown(RowSource source, ResizeKernel kernel, ByteBuffer pixels) {
        rows(kernel.weights().length);
        int next = kernel.starts()[0];
        for (int y = 0; y < kernel.count(); y++) {
            int start = kernel.starts()[y];
            int length = kernel.lengths()[y];
            for (; next < start + length; next++) {
                source.row(next, rows[next % rows.length]);
            }
            for (int tap = 0; tap < length; tap++) {
                int[] row = rows[(start + tap) % rows.length];
                int weight = kernel.weights()[tap][y];
                if (tap == 0) {
                    PixelRows.weighted(row, weight, sums[0], sums[1], sums[2]);
                } else {
                    PixelRows.addWeighted(row, weight, sums[0], sums[1], sums[2]);
                }
            }
            PixelRows.round(kernel, sums, words);
            write(y, pixels);
        }
    }

    private void write(int y, ByteBuffer pixels) {
        int row = 3 * preprocessing.inputSize();
        PixelRows.interleave(words, bytes);
        pixels.put(y * row, bytes, 0, row);
    }
}
