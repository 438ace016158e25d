package io.rela.image;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JPEG by a {@code libturbojpeg} that the machine has: the same libjpeg-turbo as leptonica's, with pixels as words out of its vector
 * instructions. For each form of JPEG the first pictures are decoded by both, and what does not give the same bits is not used.
 * Progressive ones, and anything that it so much as warns of, are left to the other. Holds no native memory between calls. Safe
 * for threads.
 */
final class TurboJpeg {
    private static final Logger LOG = LoggerFactory.getLogger(TurboJpeg.class);

    /** Names the library, or says {@code off}. */
    static final String PROPERTY = "rela.turbojpeg";

    /** That of this process; empty where there is none. */
    static final Optional<TurboJpeg> SYSTEM = load(System.getProperty(PROPERTY, "turbojpeg"));

    /** Red in a word's highest byte, the lowest unused. */
    private static final int WORDS = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 4 : 2;

    private static final int ACCURATE_DCT = 4096;

    /** Forms that are used at all. What a progressive JPEG lacks versions of the library make up in ways of their own. */
    private static final String BASELINE = "c0";

    private static final String EXTENDED = "c1";

    /** Pictures of a form that are compared: one may have no colors, or no edges. */
    private static final int ENOUGH = 16;

    private static final int DIFFERENT = -1;

    /** Two decoded pictures are held for a comparison. */
    private static final long MOST_COMPARED = 4_000_000;

    private final Function init;
    private final Function readHeader;
    private final Function decompress;
    private final Function destroy;
    /** Pictures of each form that both have decoded to the same pixels. */
    private final Map<String, Integer> agreed = new ConcurrentHashMap<>();

    private TurboJpeg(NativeLibrary library) {
        init = library.getFunction("tjInitDecompress");
        readHeader = library.getFunction("tjDecompressHeader3");
        decompress = library.getFunction("tjDecompress2");
        destroy = library.getFunction("tjDestroy");
    }

    /** The library of this name; empty where there is none, or one without what is wanted. */
    static Optional<TurboJpeg> load(String name) {
        if (name.equals("off")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TurboJpeg(NativeLibrary.getInstance(name)));
        } catch (LinkageError e) {
            return Optional.empty();
        } catch (Error e) {
            // JNA itself, in another version than the class path's.
            LOG.warn("libturbojpeg is not used: {}", e.toString());
            return Optional.empty();
        }
    }

    /** The other decoder, whose bits count. */
    interface Reference {
        Optional<RgbImage> decode(byte[] data);
    }

    /**
     * Decodes.
     *
     * @param markers of the data, of 1 or 3 components
     * @param reference what decodes what this library is not to
     */
    Optional<RgbImage> decode(byte[] data, JpegMarkers markers, Reference reference) {
        String form = markers.form();
        int same = agreed.getOrDefault(form, 0);
        boolean compared = same < ENOUGH;
        if (same == DIFFERENT
                || !(form.startsWith(BASELINE) || form.startsWith(EXTENDED))
                || (compared && (long) markers.width() * markers.height() > MOST_COMPARED)) {
            return reference.decode(data);
        }
        Optional<RgbImage> picture = decode(data, markers.width(), markers.height());
        if (picture.isEmpty()) {
            return reference.decode(data);
        }
        if (compared) {
            Optional<RgbImage> expected = reference.decode(data);
            note(form, expected.isPresent() && picture.get().hasPixelsOf(expected.get()));
            return expected;
        }
        return picture;
    }

    private void note(String form, boolean same) {
        int now = agreed.merge(
                form, same ? 1 : DIFFERENT, (a, b) -> a == DIFFERENT || b == DIFFERENT ? DIFFERENT : a + b);
        if (now == DIFFERENT && !same) {
            LOG.warn(
                    "The machine's libturbojpeg does not give the expected pixels of JPEG {}, and is not used for it.",
                    form);
        }
    }

    private Optional<RgbImage> decode(byte[] data, int width, int height) {
        Pointer handle = width < 1 || height < 1 ? null : init.invokePointer(new Object[0]);
        if (handle == null) {
            return Optional.empty();
        }
        try (Memory in = new Memory(data.length);
                Memory out = new Memory(4L * width * height)) {
            in.write(0, data, 0, data.length);
            NativeLong length = new NativeLong(data.length);
            if (!hasSize(handle, in, length, width, height)) {
                return Optional.empty();
            }
            Object[] arguments = {handle, in, length, out, width, 4 * width, height, WORDS, ACCURATE_DCT};
            if (decompress.invokeInt(arguments) != 0) {
                return Optional.empty();
            }
            int[] words = new int[width * height];
            out.read(0, words, 0, words.length);
            return Optional.of(RgbImage.ofWords(width, height, words));
        } catch (OutOfMemoryError e) {
            // There is no room for the pixels beside the heap; what the other says of that counts.
            return Optional.empty();
        } finally {
            destroy.invokeInt(new Object[] {handle});
        }
    }

    /** Of another size than the one it is told the library would make that one. */
    private boolean hasSize(Pointer handle, Memory in, NativeLong length, int width, int height) {
        IntByReference foundWidth = new IntByReference();
        IntByReference foundHeight = new IntByReference();
        IntByReference sampling = new IntByReference();
        IntByReference colors = new IntByReference();
        Object[] arguments = {handle, in, length, foundWidth, foundHeight, sampling, colors};
        return readHeader.invokeInt(arguments) == 0
                && foundWidth.getValue() == width
                && foundHeight.getValue() == height;
    }
}
