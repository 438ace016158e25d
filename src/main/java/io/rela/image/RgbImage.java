package io.rela.image;

/**
 * A decoded picture: {@code width * height} pixels of three bytes red, green, blue, row by row from the top left.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param rgb {@code 3 * width * height} bytes; not copied, owned by this object
 */
public record RgbImage(int width, int height, byte[] rgb) {
    public RgbImage {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "A picture of " + width + "x" + height + " pixels does not have " + rgb.length + " bytes");
        }
    }
}
