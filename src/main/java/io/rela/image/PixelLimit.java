package io.rela.image;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the memory that pictures take bounded: by a largest size, checked against a header before any pixel is decoded, and
 * by decoding one giant at a time. Safe for threads.
 */
final class PixelLimit {
    /** Where Pillow, too, raises an error: twice its {@code MAX_IMAGE_PIXELS}. */
    static final long PIXELS = 178_956_970L;

    /** A picture takes 3 or 4 bytes a pixel, and a third of the heap at most. */
    private static final long HEAP_PIXELS = Runtime.getRuntime().maxMemory() / 3 / 4;

    private static final long GIANT = 32_000_000L;
    private static final ReentrantLock GIANT_AT_WORK = new ReentrantLock(true);

    private PixelLimit() {}

    /** Refuses a size beyond the limit; for a giant waits until no other thread decodes one. */
    static void check(long width, long height) throws UndecodableImageException {
        if (width < 1 || height < 1) {
            throw UndecodableImageException.corrupt("The header says that a side has no pixels");
        }
        if (width > PIXELS || height > PIXELS || width * height > PIXELS) {
            throw tooLarge(width, height, String.format(Locale.ROOT, "at most %,d are decoded", PIXELS));
        }
        if (width * height > HEAP_PIXELS) {
            throw tooLarge(
                    width,
                    height,
                    String.format(Locale.ROOT, "this executor's heap holds %,d, give it more memory", HEAP_PIXELS));
        }
        if (width * height > GIANT) {
            GIANT_AT_WORK.lock();
        }
    }

    /** Ends a decode, whatever became of it. */
    static void release() {
        while (GIANT_AT_WORK.isHeldByCurrentThread()) {
            GIANT_AT_WORK.unlock();
        }
    }

    private static UndecodableImageException tooLarge(long width, long height, String limit) {
        return new UndecodableImageException(
                RejectReason.TOO_LARGE, "The header asks for " + about(width, height) + "; " + limit);
    }

    /** A size of which nobody can tell what bytes the header holds. */
    static String about(long width, long height) {
        BigDecimal pixels = BigDecimal.valueOf(width).multiply(BigDecimal.valueOf(height));
        return String.format(Locale.ROOT, "about %,.0f pixels", pixels.round(new MathContext(2)));
    }
}
