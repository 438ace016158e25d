package io.rela.image;

/** The largest picture that is decoded, checked against a header before any pixel is. */
final class PixelLimit {
    /** Where Pillow, too, raises an error: twice its {@code MAX_IMAGE_PIXELS}. */
    static final long PIXELS = 178_956_970L;

    private PixelLimit() {}

    static void check(long width, long height) throws UndecodableImageException {
        if (width < 1 || height < 1) {
            throw UndecodableImageException.corrupt("The header says " + width + "x" + height + " pixels");
        }
        if (width > PIXELS || height > PIXELS || width * height > PIXELS) {
            throw new UndecodableImageException(
                    RejectReason.TOO_LARGE,
                    "The header says " + width + "x" + height + " pixels; at most " + PIXELS + " are decoded");
        }
    }
}
