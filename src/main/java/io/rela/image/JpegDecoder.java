package io.rela.image;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * JPEG by libjpeg-turbo: the machine's own where there is one, which is faster, else the one in leptonica. As Pillow: damaged
 * data decodes to what is left of it, but data that ends inside a scan is truncated. Four components are read by the JDK,
 * because leptonica makes RGB of them with another rounding.
 */
final class JpegDecoder {
    /** Pixels times scans: more is a progressive bomb, whose scans cost few bytes and a pass over the picture each. */
    private static final long MAX_WORK = 1L << 32;

    private static final int ONE_HALF = 1 << 15;

    private JpegDecoder() {}

    static RgbImage decode(byte[] data) throws UndecodableImageException {
        JpegMarkers markers = JpegMarkers.of(data);
        PixelLimit.check(markers.width(), markers.height());
        if ((long) markers.width() * markers.height() * markers.scans() > MAX_WORK) {
            throw new UndecodableImageException(
                    RejectReason.TOO_LARGE,
                    markers.scans() + " scans of " + PixelLimit.about(markers.width(), markers.height()));
        }
        if (!markers.complete()) {
            throw UndecodableImageException.truncated("The data ends after " + data.length + " bytes inside a scan");
        }
        Optional<RgbImage> picture = Optional.empty();
        if (markers.components() == 4) {
            picture = fourComponents(data, markers.ycck());
        }
        if (picture.isEmpty()) {
            picture = TurboJpeg.SYSTEM.isPresent() && markers.components() < 4
                    ? TurboJpeg.SYSTEM.get().decode(data, markers, Leptonica::jpeg)
                    : Leptonica.jpeg(data);
        }
        return picture.orElseThrow(() -> UndecodableImageException.corrupt("The JPEG decoder refuses the data"));
    }

    private static Optional<RgbImage> fourComponents(byte[] data, boolean ycck) {
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(data))) {
            reader.setInput(in, true, true);
            Raster raster = reader.readRaster(0, null);
            return raster.getNumBands() == 4 ? Optional.of(fromCmyk(raster, ycck)) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            // The JDK is stricter than libjpeg-turbo, which then has the last word.
            return Optional.empty();
        } finally {
            reader.dispose();
        }
    }

    /** Samples are stored inverted, as Adobe does; Pillow takes all four-component JPEG for Adobe's. */
    private static RgbImage fromCmyk(Raster raster, boolean ycck) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] rgb = new byte[3 * width * height];
        int[] row = new int[4 * width];
        int out = 0;
        for (int y = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int in = 0; in < row.length; in += 4) {
                if (ycck) {
                    yccToCmy(row, in);
                }
                int light = row[in + 3];
                rgb[out++] = (byte) inked(255 - row[in], light);
                rgb[out++] = (byte) inked(255 - row[in + 1], light);
                rgb[out++] = (byte) inked(255 - row[in + 2], light);
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** {@code light * (1 - ink / 255)}, the product rounded. */
    static int inked(int ink, int light) {
        int product = ink * light + 128;
        return Math.max(0, light - (((product >> 8) + product) >> 8));
    }

    /** JFIF's conversion in 16-bit fixed point, then complemented: libjpeg's. */
    private static void yccToCmy(int[] samples, int at) {
        int luma = samples[at];
        int blueness = samples[at + 1] - 128;
        int redness = samples[at + 2] - 128;
        int red = luma + ((91_881 * redness + ONE_HALF) >> 16);
        int green = luma + ((-22_554 * blueness - 46_802 * redness + ONE_HALF) >> 16);
        int blue = luma + ((116_130 * blueness + ONE_HALF) >> 16);
        samples[at] = 255 - clip(red);
        samples[at + 1] = 255 - clip(green);
        samples[at + 2] = 255 - clip(blue);
    }

    private static int clip(int value) {
        return Math.min(Math.max(value, 0), 255);
    }
}
