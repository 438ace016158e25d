package io.rela.image;

import java.util.Arrays;

/**
 * Resizes and crops decoded pictures, to the bit as torchvision's {@code Resize} and {@code CenterCrop} do on Pillow
 * pictures. The shorter side becomes {@code resize}, the longer {@code int(resize * long / short)}; bilinear and bicubic
 * with antialiasing, across first, then down, each pass rounded to 8 bits; the crop's offset is half the surplus, halves
 * rounded to even. Only what the crop shows is computed.
 *
 * <p>Owns scratch memory: one a worker, not for sharing between threads.
 */
public final class Preprocessor {
    private final Preprocessing preprocessing;
    private final int[] sums;

    private ResizeKernel lastAcross;
    private ResizeKernel lastDown;
    private int[] rows = new int[0];

    public Preprocessor(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
        this.sums = new int[3 * preprocessing.inputSize()];
    }

    /**
     * @param image any size from 1x1 on
     * @return {@code inputSize * inputSize * 3} bytes: row by row, red, green, blue
     */
    public byte[] pixels(RgbImage image) {
        byte[] out = new byte[preprocessing.pixelBytes()];
        pixels(image, out, 0);
        return out;
    }

    /**
     * As {@link #pixels(RgbImage)}, into an array of the caller.
     *
     * @param out receives {@link Preprocessing#pixelBytes()} bytes from {@code offset} on
     * @throws IndexOutOfBoundsException if they do not fit
     */
    public void pixels(RgbImage image, byte[] out, int offset) {
        int size = preprocessing.inputSize();
        int shorter = Math.min(image.width(), image.height());
        long width = resized(image.width(), shorter);
        long height = resized(image.height(), shorter);
        long left = cropOffset(width, size);
        long top = cropOffset(height, size);

        ResizeKernel down = null;
        int firstRow = (int) top;
        int rowCount = size;
        if (height != image.height()) {
            down = kernel(lastDown, image.height(), height, top);
            lastDown = down;
            firstRow = down.starts()[0];
            rowCount = down.end() - firstRow;
        }
        int rowLength = 3 * size;
        if (rows.length < rowCount * rowLength) {
            rows = new int[rowCount * rowLength];
        }
        if (width == image.width()) {
            copyRows(image, firstRow, rowCount, (int) left);
        } else {
            lastAcross = kernel(lastAcross, image.width(), width, left);
            resizeAcross(image, firstRow, rowCount, lastAcross);
        }
        if (down == null) {
            for (int i = 0; i < rowCount * rowLength; i++) {
                out[offset + i] = (byte) rows[i];
            }
        } else {
            resizeDown(down, out, offset);
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

    private void copyRows(RgbImage image, int firstRow, int rowCount, int left) {
        byte[] rgb = image.rgb();
        int rowLength = sums.length;
        for (int y = 0; y < rowCount; y++) {
            int in = 3 * ((firstRow + y) * image.width() + left);
            for (int i = 0; i < rowLength; i++) {
                rows[y * rowLength + i] = rgb[in + i] & 0xFF;
            }
        }
    }

    private void resizeAcross(RgbImage image, int firstRow, int rowCount, ResizeKernel kernel) {
        byte[] rgb = image.rgb();
        int[] starts = kernel.starts();
        int[] lengths = kernel.lengths();
        int[] weights = kernel.weights();
        int out = 0;
        for (int y = firstRow; y < firstRow + rowCount; y++) {
            int row = 3 * y * image.width();
            for (int x = 0; x < kernel.count(); x++) {
                int red = ResizeKernel.ROUNDING;
                int green = ResizeKernel.ROUNDING;
                int blue = ResizeKernel.ROUNDING;
                int in = row + 3 * starts[x];
                int tap = x * kernel.taps();
                for (int end = tap + lengths[x]; tap < end; tap++) {
                    int weight = weights[tap];
                    red += (rgb[in] & 0xFF) * weight;
                    green += (rgb[in + 1] & 0xFF) * weight;
                    blue += (rgb[in + 2] & 0xFF) * weight;
                    in += 3;
                }
                rows[out] = ResizeKernel.pixel(red);
                rows[out + 1] = ResizeKernel.pixel(green);
                rows[out + 2] = ResizeKernel.pixel(blue);
                out += 3;
            }
        }
    }

    private void resizeDown(ResizeKernel kernel, byte[] out, int offset) {
        int rowLength = sums.length;
        int firstRow = kernel.starts()[0];
        for (int y = 0; y < kernel.count(); y++) {
            Arrays.fill(sums, ResizeKernel.ROUNDING);
            int in = (kernel.starts()[y] - firstRow) * rowLength;
            int tap = y * kernel.taps();
            for (int end = tap + kernel.lengths()[y]; tap < end; tap++) {
                addWeighted(in, kernel.weights()[tap]);
                in += rowLength;
            }
            int row = offset + y * rowLength;
            for (int i = 0; i < rowLength; i++) {
                out[row + i] = (byte) ResizeKernel.pixel(sums[i]);
            }
        }
    }

    /** Apart, and on locals, so that the compiler turns it into vector instructions. */
    private void addWeighted(int in, int weight) {
        int[] from = rows;
        int[] to = sums;
        for (int i = 0; i < to.length; i++) {
            to[i] += from[in + i] * weight;
        }
    }
}
