package io.rela.image;

/**
 * Decodes encoded pictures to 8-bit RGB as Pillow's {@code Image.open(f).convert("RGB")} does: the first frame or page,
 * not turned by EXIF, palettes applied, alpha dropped and not composited. One difference is meant: 16-bit gray keeps its high
 * byte, where Pillow clips everything above 255 to white.
 *
 * <p>The formats are those of {@link ImageFormat}, told apart by their first bytes. The header's size is checked before anything
 * is decoded: above 178,956,970 pixels a picture is rejected. Native memory is freed before a call returns.
 *
 * <p>One per executor process; threads may share it.
 */
public final class ImageDecoder {
    /**
     * Loads the native library.
     *
     * @throws IllegalStateException if it is missing or does not load on this machine; not a fault of any picture
     */
    public ImageDecoder() {
        Leptonica.load();
    }

    /**
     * @param encoded a picture file's bytes; not changed
     * @return the pixels, in memory of their own
     * @throws UndecodableImageException if the data is no picture, or none that can be decoded whole
     */
    public RgbImage decode(byte[] encoded) throws UndecodableImageException {
        try {
            return ImageFormat.of(encoded).decode(encoded);
        } finally {
            PixelLimit.release();
        }
    }
}
