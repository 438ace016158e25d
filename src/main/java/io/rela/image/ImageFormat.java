package io.rela.image;

import java.nio.charset.StandardCharsets;

/** The formats that {@link ImageDecoder} knows, told apart by their first bytes. */
enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    BMP,
    WEBP,
    TIFF,
    PNM;

    private static final String PNG_MAGIC = "\u0089PNG\r\n\u001a\n";

    static ImageFormat of(byte[] data) throws UndecodableImageException {
        if (data.length == 0) {
            throw new UndecodableImageException(RejectReason.EMPTY, "There are no bytes");
        }
        String head = new String(data, 0, Math.min(data.length, 12), StandardCharsets.ISO_8859_1);
        if (head.startsWith("\u00ff\u00d8\u00ff")) {
            return JPEG;
        }
        if (head.startsWith(PNG_MAGIC)) {
            return PNG;
        }
        if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) {
            return GIF;
        }
        if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
            return WEBP;
        }
        if (head.startsWith("II*\0")
                || head.startsWith("MM\0*")
                || head.startsWith("II+\0")
                || head.startsWith("MM\0+")) {
            return TIFF;
        }
        if (head.startsWith("BM")) {
            return BMP;
        }
        if (head.length() > 2
                && head.charAt(0) == 'P'
                && head.charAt(1) >= '1'
                && head.charAt(1) <= '6'
                && PnmDecoder.isSpace(data[2])) {
            return PNM;
        }
        throw new UndecodableImageException(
                RejectReason.UNKNOWN_FORMAT,
                "The data starts with " + hex(data) + ": none of JPEG, PNG, GIF, BMP, WebP, TIFF and PNM");
    }

    private static String hex(byte[] data) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(data.length, 8); i++) {
            text.append(i == 0 ? "" : " ").append(String.format("%02x", data[i]));
        }
        return text.toString();
    }
}
