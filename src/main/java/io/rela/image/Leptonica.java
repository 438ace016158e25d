package io.rela.image;

import static org.bytedeco.leptonica.global.leptonica.L_JPEG_CONTINUE_WITH_BAD_DATA;
import static org.bytedeco.leptonica.global.leptonica.L_SEVERITY_NONE;
import static org.bytedeco.leptonica.global.leptonica.REMOVE_CMAP_TO_FULL_COLOR;
import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixGetColormap;
import static org.bytedeco.leptonica.global.leptonica.pixGetData;
import static org.bytedeco.leptonica.global.leptonica.pixGetDepth;
import static org.bytedeco.leptonica.global.leptonica.pixGetHeight;
import static org.bytedeco.leptonica.global.leptonica.pixGetWidth;
import static org.bytedeco.leptonica.global.leptonica.pixGetWpl;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemJpeg;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemPng;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemTiff;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemWebP;
import static org.bytedeco.leptonica.global.leptonica.pixRemoveColormap;
import static org.bytedeco.leptonica.global.leptonica.setMsgSeverity;

import java.util.Optional;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.leptonica.PIX;

/**
 * The only place that knows the native library: bytes in, pixels out, and no native memory outlives a call. What the
 * library cannot decode is empty. Safe for threads.
 */
final class Leptonica {
    /** Words that are copied from native memory in one go. */
    private static final int CHUNK = 1 << 16;

    private Leptonica() {}

    /**
     * Loads the library, once a process.
     *
     * @throws IllegalStateException if there is none for this machine; the cause tells what is missing
     */
    static void load() {
        try {
            setMsgSeverity(L_SEVERITY_NONE);
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "The native picture decoder, leptonica, does not load on " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch")
                            + ": the jar must hold org.bytedeco:leptonica and javacpp for this platform, and the directory "
                            + "of -Dorg.bytedeco.javacpp.cachedir (else the home directory) must be writable",
                    e);
        }
    }

    /** Any JPEG of 1, 3 or 4 components; damaged data gives what could be decoded of it. */
    static Optional<RgbImage> jpeg(byte[] data) {
        int[] warnings = new int[1];
        return take(pixReadMemJpeg(data, data.length, 0, 1, warnings, L_JPEG_CONTINUE_WITH_BAD_DATA));
    }

    static Optional<RgbImage> png(byte[] data) {
        return take(pixReadMemPng(data, data.length));
    }

    static Optional<RgbImage> webp(byte[] data) {
        return take(pixReadMemWebP(data, data.length));
    }

    /** The first page, turned as its orientation tag says; 16-bit samples keep their high byte. */
    static Optional<RgbImage> tiff(byte[] data) {
        return take(pixReadMemTiff(data, data.length, 0));
    }

    private static Optional<RgbImage> take(PIX pix) {
        if (pix == null || pix.isNull()) {
            return Optional.empty();
        }
        try {
            if (pixGetColormap(pix) == null) {
                return Optional.of(pixels(pix));
            }
            PIX colored = pixRemoveColormap(pix, REMOVE_CMAP_TO_FULL_COLOR);
            if (colored == null || colored.isNull()) {
                return Optional.empty();
            }
            try {
                return Optional.of(pixels(colored));
            } finally {
                pixDestroy(colored);
            }
        } finally {
            pixDestroy(pix);
        }
    }

    private static RgbImage pixels(PIX pix) {
        int width = pixGetWidth(pix);
        int height = pixGetHeight(pix);
        int depth = pixGetDepth(pix);
        int rowWords = pixGetWpl(pix);
        IntPointer data = pixGetData(pix);
        byte[] rgb = new byte[3 * width * height];
        int chunkRows = Math.min(height, Math.max(1, CHUNK / rowWords));
        int[] words = new int[chunkRows * rowWords];
        for (int y = 0; y < height; y += chunkRows) {
            int rows = Math.min(chunkRows, height - y);
            data.position((long) y * rowWords).get(words, 0, rows * rowWords);
            for (int row = 0; row < rows; row++) {
                int out = 3 * (y + row) * width;
                if (depth == 32) {
                    copyColor(words, row * rowWords, width, rgb, out);
                } else {
                    copyGray(words, row * rowWords, width, depth, rgb, out);
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }

    private static void copyColor(int[] words, int start, int width, byte[] rgb, int out) {
        for (int x = 0; x < width; x++) {
            int word = words[start + x];
            rgb[out] = (byte) (word >>> 24);
            rgb[out + 1] = (byte) (word >>> 16);
            rgb[out + 2] = (byte) (word >>> 8);
            out += 3;
        }
    }

    /** Samples of 1, 2, 4, 8 or 16 bits stand in a word from its high end on; of one bit, 1 is black. */
    private static void copyGray(int[] words, int start, int width, int depth, byte[] rgb, int out) {
        int perWord = 32 / depth;
        int mask = (1 << depth) - 1;
        for (int x = 0; x < width; x++) {
            int sample = words[start + x / perWord] >>> (32 - depth * (x % perWord + 1)) & mask;
            byte level =
                    switch (depth) {
                        case 1 -> (byte) (sample - 1);
                        case 16 -> (byte) (sample >> 8);
                        default -> (byte) (sample * 255 / mask);
                    };
            rgb[out] = level;
            rgb[out + 1] = level;
            rgb[out + 2] = level;
            out += 3;
        }
    }
}
