package io.rela.image;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The formats that {@link ImageDecoder} knows: the suffixes by which a listing takes files for pictures, the first bytes by which
 * the decoder tells them apart, and what decodes them.
 */
@SuppressWarnings("ImmutableEnumChecker") // lists that nobody changes, and methods without state
public enum ImageFormat {
    JPEG("JPEG", JpegDecoder::decode, head -> head.startsWith("\u00ff\u00d8\u00ff"), ".jpg", ".jpeg", ".jpe", ".jfif"),
    PNG("PNG", PngDecoder::decode, head -> head.startsWith("\u0089PNG\r\n\u001a\n"), ".png"),
    GIF("GIF", GifDecoder::decode, head -> head.startsWith("GIF87a") || head.startsWith("GIF89a"), ".gif"),
    BMP("BMP", BmpDecoder::decode, head -> head.startsWith("BM"), ".bmp"),
    WEBP("WebP", WebpDecoder::decode, head -> head.startsWith("RIFF") && head.startsWith("WEBP", 8), ".webp"),
    TIFF(
            "TIFF",
            TiffDecoder::decode,
            head -> Stream.of("II*\0", "MM\0*", "II+\0", "MM\0+").anyMatch(head::startsWith),
            ".tif",
            ".tiff"),
    PNM("PNM", PnmDecoder::decode, PnmDecoder::isHead, ".ppm", ".pgm", ".pbm", ".pnm");

    private static final int HEAD_BYTES = 12;

    private static final List<String> SUFFIXES =
            Stream.of(values()).flatMap(format -> format.suffixes.stream()).toList();

    @FunctionalInterface
    private interface Decoder {
        RgbImage decode(byte[] encoded) throws UndecodableImageException;
    }

    private final String label;
    private final Decoder decoder;
    private final Predicate<String> head;
    private final List<String> suffixes;

    ImageFormat(String label, Decoder decoder, Predicate<String> head, String... suffixes) {
        this.label = label;
        this.decoder = decoder;
        this.head = head;
        this.suffixes = List.of(suffixes);
    }

    /** Suffixes of all formats' files, in lower case and with their dots. */
    public static List<String> suffixes() {
        return SUFFIXES;
    }

    /** Whether a file of this name is taken for a picture: whether it ends in a suffix of some format, in any case. */
    public static boolean isNameOfPicture(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return SUFFIXES.stream().anyMatch(lower::endsWith);
    }

    static ImageFormat of(byte[] data) throws UndecodableImageException {
        if (data.length == 0) {
            throw new UndecodableImageException(RejectReason.EMPTY, "There are no bytes");
        }
        String head = new String(data, 0, Math.min(data.length, HEAD_BYTES), StandardCharsets.ISO_8859_1);
        for (ImageFormat format : values()) {
            if (format.head.test(head)) {
                return format;
            }
        }
        throw new UndecodableImageException(
                RejectReason.UNKNOWN_FORMAT, "The first bytes are of none of the formats " + labels());
    }

    RgbImage decode(byte[] encoded) throws UndecodableImageException {
        return decoder.decode(encoded);
    }

    private static String labels() {
        ImageFormat[] all = values();
        return Stream.of(all).limit(all.length - 1).map(format -> format.label).collect(Collectors.joining(", "))
                + " and " + all[all.length - 1].label;
    }
}
