package io.rela.image;

/**
 * Windows and OS/2 bitmaps: palettes of 1, 2, 4 and 8 bits, 16, 24 and 32 bits with any channel masks, both run-length
 * encodings. Rounding of narrow channels is Pillow's. One decode's.
 */
final class BmpDecoder {
    private static final int FILE_HEADER = 14;
    private static final int OS2_HEADER = 12;
    private static final int WINDOWS_HEADER = 40;

    private static final int RAW = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BITFIELDS = 3;
    private static final int ALPHA_BITFIELDS = 6;

    private final ByteReader in;
    private int width;
    private int height;
    private boolean topDown;
    private int bits;
    private long compression = RAW;
    private final int[] masks = new int[3];
    private final byte[] palette = GifDecoder.grays();

    private BmpDecoder(byte[] data) {
        this.in = new ByteReader(data, 10);
    }

    static RgbImage decode(byte[] data) throws UndecodableImageException {
        return new BmpDecoder(data).picture();
    }

    private RgbImage picture() throws UndecodableImageException {
        readHeader();
        boolean runs = compression == RLE8 || compression == RLE4;
        long stride = ((long) width * bits + 31) / 32 * 4;
        // The last row's padding may be missing.
        long needed = runs ? 0 : stride * (height - 1) + ((long) width * bits + 7) / 8;
        if (in.remaining() < needed) {
            throw UndecodableImageException.truncated(
                    "The pixels need more than the " + in.remaining() + " bytes that are left");
        }
        byte[] rgb = new byte[3 * width * height];
        if (runs) {
            colorize(unpackRuns(), rgb);
        } else if (bits <= 8) {
            colorize(unpackIndices(stride), rgb);
        } else {
            readColors(stride, rgb);
        }
        return new RgbImage(width, height, rgb);
    }

    private void readHeader() throws UndecodableImageException {
        long offset = in.u32Little();
        long headerLength = in.u32Little();
        long colors = 0;
        int colorBytes = 4;
        if (headerLength == OS2_HEADER) {
            setSize(in.u16Little(), in.u16Little());
            in.skip(2);
            bits = in.u16Little();
            colorBytes = 3;
        } else if (headerLength >= WINDOWS_HEADER) {
            long wide = in.u32Little();
            int high = (int) in.u32Little();
            setSize(wide, high);
            in.skip(2);
            bits = in.u16Little();
            compression = in.u32Little();
            in.skip(12);
            colors = in.u32Little();
            in.skip(4);
            readMasks();
        } else {
            throw UndecodableImageException.unsupported("A BMP header of a length that is not known");
        }
        boolean known =
                switch ((int) compression) {
                    case RAW ->
                        bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
                    case RLE8 -> bits == 8;
                    case RLE4 -> bits == 4;
                    case BITFIELDS, ALPHA_BITFIELDS -> bits == 16 || bits == 24 || bits == 32;
                    default -> false;
                };
        if (!known) {
            throw UndecodableImageException.unsupported("A BMP whose bits per pixel or compression is not known");
        }
        long headerEnd = FILE_HEADER + headerLength;
        if (bits <= 8) {
            int maxColors = 1 << bits;
            long stored = colors == 0 ? maxColors : colors;
            in.seek(headerEnd);
            readPalette((int) Math.min(Math.min(stored, maxColors), in.remaining() / colorBytes), colorBytes);
            if (offset == headerEnd) {
                // Some writers forget to count the palette.
                offset += stored * colorBytes;
            }
        }
        in.seek(offset == 0 ? in.position() : offset);
    }

    private void setSize(long wide, long high) throws UndecodableImageException {
        topDown = high < 0;
        PixelLimit.check(wide, Math.abs(high));
        width = (int) wide;
        height = (int) Math.abs(high);
    }

    /** Masks follow the 40 bytes, inside a longer header or after it. */
    private void readMasks() throws UndecodableImageException {
        if (compression == BITFIELDS || compression == ALPHA_BITFIELDS) {
            for (int channel = 0; channel < 3; channel++) {
                masks[channel] = (int) in.u32Little();
            }
        }
        if (masks[0] == 0 && masks[1] == 0 && masks[2] == 0) {
            boolean narrow = bits == 16;
            masks[0] = narrow ? 0x7C00 : 0xFF0000;
            masks[1] = narrow ? 0x3E0 : 0xFF00;
            masks[2] = narrow ? 0x1F : 0xFF;
        }
    }

    private void readPalette(int colors, int colorBytes) throws UndecodableImageException {
        for (int color = 0; color < colors; color++) {
            for (int channel = 2; channel >= 0; channel--) {
                palette[3 * color + channel] = (byte) in.u8();
            }
            in.skip(colorBytes - 3);
        }
    }

    private byte[] unpackIndices(long stride) throws UndecodableImageException {
        byte[] indices = new byte[width * height];
        int mask = (1 << bits) - 1;
        int perByte = 8 / bits;
        int start = in.position();
        for (int y = 0; y < height; y++) {
            in.seek(start + y * stride);
            int packed = 0;
            for (int x = 0; x < width; x++) {
                int slot = x % perByte;
                packed = slot == 0 ? in.u8() : packed;
                indices[y * width + x] = (byte) ((packed >> (8 - bits * (slot + 1))) & mask);
            }
        }
        return indices;
    }

    /** Pixels that runs leave out are color 0. */
    private byte[] unpackRuns() throws UndecodableImageException {
        byte[] indices = new byte[width * height];
        int x = 0;
        int y = 0;
        while (y < height) {
            int count = in.u8();
            int value = in.u8();
            if (count > 0) {
                for (int i = 0; i < count && x < width; i++) {
                    indices[y * width + x++] = (byte) nibble(value, i);
                }
            } else if (value == 0) {
                x = 0;
                y++;
            } else if (value == 1) {
                break;
            } else if (value == 2) {
                x = Math.min(width, x + in.u8());
                y += in.u8();
            } else {
                int start = in.position();
                int bytes = compression == RLE4 ? (value + 1) / 2 : value;
                for (int i = 0; i < value && x < width; i++) {
                    if (compression == RLE8 || i % 2 == 0) {
                        count = in.u8();
                    }
                    indices[y * width + x++] = (byte) nibble(count, i);
                }
                in.seek(start + bytes + (bytes & 1));
            }
        }
        return indices;
    }

    private int nibble(int value, int i) {
        return compression == RLE8 ? value : i % 2 == 0 ? value >> 4 : value & 15;
    }

    private void colorize(byte[] indices, byte[] rgb) {
        for (int i = 0; i < indices.length; i++) {
            int row = i / width;
            int target = 3 * ((topDown ? row : height - 1 - row) * width + i % width);
            System.arraycopy(palette, 3 * (indices[i] & 0xFF), rgb, target, 3);
        }
    }

    private void readColors(long stride, byte[] rgb) throws UndecodableImageException {
        int start = in.position();
        for (int y = 0; y < height; y++) {
            in.seek(start + y * stride);
            int out = 3 * (topDown ? y : height - 1 - y) * width;
            for (int x = 0; x < width; x++) {
                int pixel =
                        switch (bits) {
                            case 16 -> in.u16Little();
                            case 24 -> in.u24Little();
                            default -> (int) in.u32Little();
                        };
                for (int mask : masks) {
                    rgb[out++] = (byte) level(pixel, mask);
                }
            }
        }
    }

    /** A channel of any width, to 8 bits: {@code value * 255 / max}, truncated. */
    private static int level(int pixel, int mask) {
        if (mask == 0) {
            return 0;
        }
        int shift = Integer.numberOfTrailingZeros(mask);
        long max = Integer.toUnsignedLong(mask >>> shift);
        return (int) (Integer.toUnsignedLong((pixel & mask) >>> shift) * 255 / max);
    }
}
