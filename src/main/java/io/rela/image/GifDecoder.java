package io.rela.image;

/**
 * The first frame of a GIF on its canvas. Around the frame lies the transparent color, or color 0, as Pillow leaves it;
 * later frames are not read. One decode's.
 */
final class GifDecoder {
    private static final int MAX_CODE_BITS = 12;

    private final ByteReader in;
    private byte[] palette = grays();
    private int transparent;

    private GifDecoder(byte[] data) {
        this.in = new ByteReader(data, 6);
    }

    static RgbImage decode(byte[] data) throws UndecodableImageException {
        return new GifDecoder(data).picture();
    }

    private RgbImage picture() throws UndecodableImageException {
        int width = in.u16Little();
        int height = in.u16Little();
        int flags = in.u8();
        in.skip(2);
        readPalette(flags);
        for (int block = in.u8(); block != ','; block = in.u8()) {
            if (block == '!') {
                readExtension();
            } else if (block == ';') {
                throw UndecodableImageException.corrupt("The GIF has no picture");
            }
        }
        int left = in.u16Little();
        int top = in.u16Little();
        int frameWidth = in.u16Little();
        int frameHeight = in.u16Little();
        int frameFlags = in.u8();
        readPalette(frameFlags);
        width = Math.max(width, left + frameWidth);
        height = Math.max(height, top + frameHeight);
        PixelLimit.check(width, height);
        PixelLimit.check(frameWidth, frameHeight);

        byte[] frame = unpack(frameWidth * frameHeight);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            System.arraycopy(palette, 3 * transparent, rgb, 3 * i, 3);
        }
        boolean interlaced = (frameFlags & 64) != 0;
        for (int y = 0; y < frameHeight; y++) {
            int row = interlaced ? interlacedRow(y, frameHeight) : y;
            int out = 3 * ((top + row) * width + left);
            for (int x = 0; x < frameWidth; x++) {
                System.arraycopy(palette, 3 * (frame[y * frameWidth + x] & 0xFF), rgb, out + 3 * x, 3);
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** A palette of 256 grays: what Pillow takes for colors that a file does not give. */
    static byte[] grays() {
        byte[] palette = new byte[3 * 256];
        for (int i = 0; i < palette.length; i++) {
            palette[i] = (byte) (i / 3);
        }
        return palette;
    }

    private void readPalette(int flags) throws UndecodableImageException {
        if ((flags & 128) != 0) {
            byte[] colors = in.bytes(3 << ((flags & 7) + 1));
            palette = grays();
            System.arraycopy(colors, 0, palette, 0, colors.length);
        }
    }

    private void readExtension() throws UndecodableImageException {
        boolean control = in.u8() == 0xF9;
        for (int length = in.u8(); length != 0; length = in.u8()) {
            int start = in.position();
            if (control && length >= 4 && (in.u8() & 1) != 0) {
                in.skip(2);
                transparent = in.u8();
            }
            in.seek(start + length);
        }
    }

    /** Row of the y-th stored line: every 8th, then 4th from 4, 4th from 2, and the odd ones. */
    private static int interlacedRow(int y, int height) {
        int start = 0;
        int step = 8;
        int rest = y;
        while (true) {
            int lines = (height - start + step - 1) / step;
            if (rest < lines) {
                return start + rest * step;
            }
            rest -= lines;
            if (start == 0) {
                start = 4;
            } else {
                step = start;
                start /= 2;
            }
        }
    }

    /** Lempel-Ziv-Welch with codes that grow from the given size to 12 bits. */
    private byte[] unpack(int size) throws UndecodableImageException {
        int pixelBits = in.u8();
        if (pixelBits < 1 || pixelBits >= MAX_CODE_BITS) {
            throw UndecodableImageException.corrupt("The codes have a length that no GIF has");
        }
        int clear = 1 << pixelBits;
        int end = clear + 1;
        int[] prefixes = new int[1 << MAX_CODE_BITS];
        byte[] suffixes = new byte[1 << MAX_CODE_BITS];
        int[] lengths = new int[1 << MAX_CODE_BITS];
        for (int code = 0; code < clear; code++) {
            suffixes[code] = (byte) code;
            lengths[code] = 1;
        }
        byte[] pixels = new byte[size];
        int out = 0;
        int next = end + 1;
        int codeBits = pixelBits + 1;
        int previous = -1;
        int bits = 0;
        int bitCount = 0;
        int blockLeft = 0;
        while (out < size) {
            while (bitCount < codeBits) {
                if (blockLeft == 0) {
                    blockLeft = in.u8();
                    if (blockLeft == 0) {
                        throw incomplete(out, size);
                    }
                }
                bits |= in.u8() << bitCount;
                bitCount += 8;
                blockLeft--;
            }
            int code = bits & ((1 << codeBits) - 1);
            bits >>>= codeBits;
            bitCount -= codeBits;
            if (code == end) {
                throw incomplete(out, size);
            }
            if (code == clear) {
                next = end + 1;
                codeBits = pixelBits + 1;
                previous = -1;
                continue;
            }
            if (code > next || (code >= clear && previous < 0) || (code == next && next == 1 << MAX_CODE_BITS)) {
                throw UndecodableImageException.corrupt(
                        "A code before byte " + in.position() + " stands for nothing yet");
            }
            int known = code < next ? code : previous;
            int length = lengths[known] + (code < next ? 0 : 1);
            byte first = write(prefixes, suffixes, lengths, known, pixels, out);
            if (code == next && out + length <= size) {
                pixels[out + length - 1] = first;
            }
            out = Math.min(size, out + length);
            if (previous >= 0 && next < 1 << MAX_CODE_BITS) {
                prefixes[next] = previous;
                suffixes[next] = first;
                lengths[next] = lengths[previous] + 1;
                next++;
                if (next == 1 << codeBits && codeBits < MAX_CODE_BITS) {
                    codeBits++;
                }
            }
            previous = code;
        }
        return pixels;
    }

    /** Writes a code's string, as much of it as fits; returns its first pixel. */
    private static byte write(int[] prefixes, byte[] suffixes, int[] lengths, int code, byte[] pixels, int out) {
        int at = code;
        for (int i = out + lengths[code] - 1; i > out; i--) {
            if (i < pixels.length) {
                pixels[i] = suffixes[at];
            }
            at = prefixes[at];
        }
        pixels[out] = suffixes[at];
        return suffixes[at];
    }

    private static UndecodableImageException incomplete(int out, int size) {
        return UndecodableImageException.truncated(
                "The GIF's data ends after " + 100L * out / size + "% of its pixels");
    }
}
