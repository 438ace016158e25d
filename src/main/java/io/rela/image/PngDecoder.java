package io.rela.image;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * PNG by libpng. Only the chunks that make pixels reach the library: header, palette and image data, so profiles and texts
 * cannot be bombs, and transparency is dropped. Of an animation, the default picture. 16-bit samples keep their high byte.
 */
final class PngDecoder {
    private static final int SIGNATURE = 8;
    private static final int HEADER_LENGTH = 13;
    private static final int TYPE_IHDR = 0x49484452;
    private static final int TYPE_PLTE = 0x504C5445;
    private static final int TYPE_IDAT = 0x49444154;
    private static final int TYPE_IEND = 0x49454E44;

    private final byte[] data;
    private final ByteReader in;
    private final ByteArrayOutputStream clean;
    private final DataOutputStream out;
    private boolean hasPixels;

    private PngDecoder(byte[] data) {
        this.data = data;
        this.in = new ByteReader(data, SIGNATURE);
        this.clean = new ByteArrayOutputStream(data.length + 32);
        this.out = new DataOutputStream(clean);
    }

    static RgbImage decode(byte[] data) throws UndecodableImageException {
        return new PngDecoder(data).picture();
    }

    private RgbImage picture() throws UndecodableImageException {
        boolean ended;
        try {
            out.write(data, 0, SIGNATURE);
            header();
            ended = copyChunks();
            writeChunk(TYPE_IEND, 0, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Without image data libpng would print to standard error.
        Optional<RgbImage> picture = hasPixels ? Leptonica.png(clean.toByteArray()) : Optional.empty();
        return picture.orElseThrow(() -> refused(ended));
    }

    private UndecodableImageException refused(boolean ended) {
        if (!ended) {
            return UndecodableImageException.truncated(
                    "The data ends after " + data.length + " bytes without an end chunk");
        }
        return UndecodableImageException.corrupt(
                hasPixels ? "The PNG decoder refuses the data" : "The PNG has no image data");
    }

    private void header() throws UndecodableImageException, IOException {
        long length = in.u32Big();
        if (in.u32Big() != TYPE_IHDR || length != HEADER_LENGTH) {
            throw UndecodableImageException.corrupt("The PNG does not start with its header chunk");
        }
        int start = in.position();
        PixelLimit.check(in.u32Big(), in.u32Big());
        in.seek(start + HEADER_LENGTH);
        checkCrc(start, HEADER_LENGTH);
        writeChunk(TYPE_IHDR, start, HEADER_LENGTH);
    }

    /** Copies palette and image data; returns whether the end chunk was there. */
    private boolean copyChunks() throws UndecodableImageException, IOException {
        // Less than a chunk's head after the image data is forgiven, as Pillow does.
        while (in.remaining() >= 8) {
            long length = in.u32Big();
            long type = in.u32Big();
            int start = in.position();
            if (type == TYPE_IEND) {
                return true;
            }
            if (length > in.remaining()) {
                throw UndecodableImageException.truncated("The chunk at byte " + start + " is longer than the "
                        + in.remaining() + " bytes that are left");
            }
            in.skip(length);
            if (type == TYPE_PLTE) {
                checkCrc(start, (int) length);
                writeChunk(TYPE_PLTE, start, (int) length);
            } else {
                in.skip(Math.min(4, in.remaining()));
                if (type == TYPE_IDAT) {
                    hasPixels = true;
                    writeChunk(TYPE_IDAT, start, (int) length);
                }
            }
        }
        return false;
    }

    private void checkCrc(int start, int length) throws UndecodableImageException {
        if (in.u32Big() != crc(start, length)) {
            throw UndecodableImageException.corrupt("The checksum of the chunk at byte " + start + " is wrong");
        }
    }

    private long crc(int start, int length) {
        CRC32 crc = new CRC32();
        crc.update(data, start - 4, length + 4);
        return crc.getValue();
    }

    /** Image data's own checksum is not looked at, as Pillow does not: a right one is written in its place. */
    private void writeChunk(int type, int start, int length) throws IOException {
        out.writeInt(length);
        out.writeInt(type);
        CRC32 crc = new CRC32();
        for (int shift = 24; shift >= 0; shift -= 8) {
            crc.update(type >>> shift);
        }
        if (length > 0) {
            out.write(data, start, length);
            crc.update(data, start, length);
        }
        out.writeInt((int) crc.getValue());
    }
}
