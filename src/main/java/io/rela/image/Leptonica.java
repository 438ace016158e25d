package io.rela.image;

import static org.bytedeco.leptonica.global.leptonica.L_JPEG_CONTINUE_WITH_BAD_DATA;
import static org.bytedeco.leptonica.global.leptonica.L_SEVERITY_NONE;
import static org.bytedeco.leptonica.global.leptonica.REMOVE_CMAP_TO_FULL_COLOR;
import static org.bytedeco.leptonica.global.leptonica.leptSetStderrHandler;
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
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.leptonica.Handler_BytePointer;
import org.bytedeco.leptonica.PIX;

/**
 * The only place that knows the native library: bytes in, pixels out, and no native memory outlives a call. What the
 * library cannot decode is empty. Safe for threads.
 */
final class Leptonica {
    private Leptonica() {}

    /**
     * Loads the library, once a process.
     *
     * @throws IllegalStateException if there is none for this machine; the cause tells what is missing
     */
    static void load() {
        try {
            setMsgSeverity(L_SEVERITY_NONE);
            leptSetStderrHandler(Silence.HELD);
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
        IntPointer data = pixGetData(pix);
        int[] words = new int[width * height];
        if (depth == 32) {
            data.get(words);
            return RgbImage.ofWords(width, height, words);
        }
        int rowWords = pixGetWpl(pix);
        int[] samples = new int[rowWords];
        for (int y = 0; y < height; y++) {
            data.position((long) y * rowWords).get(samples);
            copyGray(samples, depth, words, y * width, width);
        }
        return RgbImage.ofWords(width, height, words);
    }

    /** Samples of 1, 2, 4, 8 or 16 bits stand in a word from its high end on; of one bit, 1 is black. */
    private static void copyGray(int[] samples, int depth, int[] words, int out, int width) {
        int perWord = 32 / depth;
        int mask = (1 << depth) - 1;
        for (int x = 0; x < width; x++) {
            int sample = samples[x / perWord] >>> (32 - depth * (x % perWord + 1)) & mask;
            int level =
                    switch (depth) {
                        case 1 -> (sample - 1) & 0xFF;
                        case 16 -> sample >> 8;
                        default -> sample * 255 / mask;
                    };
            words[out + x] = level * 0x01010100;
        }
    }

    /** Takes what the library would print whatever its severity. */
    private static final class Silence extends Handler_BytePointer {
        /** The library keeps its address. */
        static final Silence HELD = new Silence();

        @Override
        public void call(BytePointer message) {}
    }
}
