package io.rela.report;

import io.rela.image.ImageDecoder;
import io.rela.image.Interpolation;
import io.rela.image.Normalization;
import io.rela.image.Preprocessing;
import io.rela.image.Preprocessor;
import io.rela.image.RgbImage;
import io.rela.image.UndecodableImageException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Makes small JPEG files of pictures: their square middle, scaled down where it is larger. Confined to the thread of its task. */
final class Thumbnail {
    /** Length of its sides in pixels, at most. */
    static final int MOST_PIXELS = 96;

    /** Length of its file in bytes, at most: the lowest quality brings even noise below it. */
    private static final int MOST_BYTES = 8_000;

    private static final float[] QUALITIES = {0.8f, 0.5f, 0.2f};

    private final ImageDecoder decoder = new ImageDecoder();

    /**
     * Makes one.
     *
     * @param encoded a picture file's bytes
     * @return the JPEG file
     * @throws UndecodableImageException if the bytes are no picture
     */
    byte[] of(byte[] encoded) throws UndecodableImageException {
        RgbImage picture = decoder.decode(encoded);
        int side = Math.min(MOST_PIXELS, Math.min(picture.width(), picture.height()));
        BufferedImage small = small(picture, side);
        byte[] jpeg = {};
        for (float quality : QUALITIES) {
            jpeg = jpeg(small, quality);
            if (jpeg.length <= MOST_BYTES) {
                return jpeg;
            }
        }
        return jpeg;
    }

    private static BufferedImage small(RgbImage picture, int side) {
        ByteBuffer pixels = ByteBuffer.allocate(3 * side * side);
        new Preprocessor(new Preprocessing(side, side, Interpolation.BILINEAR, Normalization.IMAGENET))
                .levels(picture, pixels);
        BufferedImage small = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < side * side; i++) {
            int red = pixels.get(3 * i) & 0xFF;
            int green = pixels.get(3 * i + 1) & 0xFF;
            int blue = pixels.get(3 * i + 2) & 0xFF;
            small.setRGB(i % side, i / side, (red << 16) | (green << 8) | blue);
        }
        return small;
    }

    private static byte[] jpeg(BufferedImage picture, float quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionQuality(quality);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), how);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
