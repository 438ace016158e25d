package io.rela.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * WebP by libwebp; of an animation the first frame on its canvas, which is black elsewhere. Metadata and the alpha plane are
 * left out before the library sees the data.
 */
final class WebpDecoder {
    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;

    private WebpDecoder() {}

    static RgbImage decode(byte[] data) throws UndecodableImageException {
        ByteReader in = new ByteReader(data, RIFF_HEADER);
        int canvasWidth = 0;
        int canvasHeight = 0;
        int left = 0;
        int top = 0;
        while (true) {
            String kind = new String(in.bytes(4), StandardCharsets.ISO_8859_1);
            long length = in.u32Little();
            int start = in.position();
            switch (kind) {
                case "VP8X" -> {
                    in.skip(4);
                    canvasWidth = in.u24Little() + 1;
                    canvasHeight = in.u24Little() + 1;
                    PixelLimit.check(canvasWidth, canvasHeight);
                }
                case "ANMF" -> {
                    left = 2 * in.u24Little();
                    top = 2 * in.u24Little();
                    // The frame's own chunks follow its header of 16 bytes.
                    length = 16;
                }
                case "VP8 ", "VP8L" -> {
                    if (length > in.remaining()) {
                        throw UndecodableImageException.truncated(
                                "The picture's chunk is longer than the " + in.remaining() + " bytes that are left");
                    }
                    RgbImage frame = frame(kind, in.bytes((int) length));
                    return canvasWidth == 0 ? frame : onCanvas(frame, canvasWidth, canvasHeight, left, top);
                }
                default -> {}
            }
            in.seek(start + length + (length & 1));
        }
    }

    private static RgbImage frame(String kind, byte[] chunk) throws UndecodableImageException {
        checkSize(kind, chunk);
        int padding = chunk.length & 1;
        ByteBuffer file = ByteBuffer.allocate(RIFF_HEADER + CHUNK_HEADER + chunk.length + padding)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(file.capacity() - CHUNK_HEADER)
                .put(("WEBP" + kind).getBytes(StandardCharsets.ISO_8859_1))
                .putInt(chunk.length)
                .put(chunk);
        return Leptonica.webp(file.array())
                .orElseThrow(() -> UndecodableImageException.corrupt("The WebP decoder refuses the data"));
    }

    private static void checkSize(String kind, byte[] chunk) throws UndecodableImageException {
        ByteReader in = new ByteReader(chunk, 0);
        if (kind.equals("VP8L")) {
            in.skip(1);
            long bits = in.u32Little();
            PixelLimit.check((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
        } else {
            in.skip(6);
            PixelLimit.check(in.u16Little() & 0x3FFF, in.u16Little() & 0x3FFF);
        }
    }

    private static RgbImage onCanvas(RgbImage frame, int width, int height, int left, int top)
            throws UndecodableImageException {
        if (frame.width() == width && frame.height() == height) {
            return frame;
        }
        if (left + frame.width() > width || top + frame.height() > height) {
            throw UndecodableImageException.corrupt("The frame does not fit its canvas");
        }
        byte[] source = frame.rgb();
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < frame.height(); y++) {
            System.arraycopy(source, 3 * y * frame.width(), rgb, 3 * ((top + y) * width + left), 3 * frame.width());
        }
        return new RgbImage(width, height, rgb);
    }
}
