package io.rela.image;

/** Portable bitmaps, graymaps and pixmaps, {@code P1} to {@code P6}: plain and binary, maxima up to 65,535. */
final class PnmDecoder {
    private static final int MAX_TOKEN = 10;

    private final ByteReader in;

    private PnmDecoder(byte[] data) {
        this.in = new ByteReader(data, 2);
    }

    static RgbImage decode(byte[] data) throws UndecodableImageException {
        return new PnmDecoder(data).picture(data[1] - '0');
    }

    /** Whether a file begins with P1 to P6 and a space. */
    static boolean isHead(String head) {
        return head.length() > 2
                && head.charAt(0) == 'P'
                && head.charAt(1) >= '1'
                && head.charAt(1) <= '6'
                && isSpace(head.charAt(2));
    }

    static boolean isSpace(int value) {
        return value == ' ' || (value >= '\t' && value <= '\r');
    }

    private RgbImage picture(int kind) throws UndecodableImageException {
        boolean plain = kind <= 3;
        boolean bitmap = kind == 1 || kind == 4;
        int channels = kind == 3 || kind == 6 ? 3 : 1;
        long width = number();
        long height = number();
        PixelLimit.check(width, height);
        long max = bitmap ? 1 : number();
        if (max < 1 || max > 65_535) {
            throw UndecodableImageException.corrupt("The largest value must be 1 to 65535");
        }
        long samples = width * height * channels;
        long needed = plain
                ? bitmap ? samples : 2 * samples - 1
                : kind == 4 ? (width + 7) / 8 * height : samples * (max > 255 ? 2 : 1);
        if (in.remaining() < needed) {
            throw UndecodableImageException.truncated(
                    "The pixels need more than the " + in.remaining() + " bytes that are left");
        }
        if (kind == 6 && max == 255) {
            return new RgbImage((int) width, (int) height, in.bytes((int) needed));
        }
        byte[] rgb = new byte[(int) (3 * width * height)];
        for (int y = 0, out = 0; y < height; y++) {
            int bits = 0;
            for (int x = 0; x < width * channels; x++) {
                long value;
                if (kind == 4) {
                    bits = x % 8 == 0 ? in.u8() : bits << 1;
                    value = bits >> 7 & 1;
                } else if (kind == 1) {
                    value = bit();
                } else if (plain) {
                    value = number();
                } else {
                    value = max > 255 ? in.u16Big() : in.u8();
                }
                if (plain && value > max) {
                    throw UndecodableImageException.corrupt(
                            "The value before byte " + in.position() + " is above the largest");
                }
                byte pixel = (byte) (bitmap ? 255 * (1 - value) : level(value, max, channels));
                for (int copies = 3 / channels; copies > 0; copies--) {
                    rgb[out++] = pixel;
                }
            }
        }
        return new RgbImage((int) width, (int) height, rgb);
    }

    /** Halves to even, as Python's round, which Pillow scales with; 16-bit gray keeps its high byte. */
    private static int level(long value, long max, int channels) {
        long clipped = Math.min(value, max);
        return max > 255 && channels == 1
                ? (int) Math.rint(clipped / (double) max * 65_535) >> 8
                : (int) Math.rint(clipped / (double) max * 255);
    }

    private int bit() throws UndecodableImageException {
        int value = skipToToken();
        if (value != '0' && value != '1') {
            throw UndecodableImageException.corrupt(
                    "A plain bitmap holds 0 and 1, not what stands at byte " + (in.position() - 1));
        }
        return value - '0';
    }

    private long number() throws UndecodableImageException {
        long value = 0;
        int digit = skipToToken();
        for (int digits = 1; ; digits++) {
            if (digit < '0' || digit > '9' || digits > MAX_TOKEN) {
                throw UndecodableImageException.corrupt("No number at byte " + (in.position() - 1));
            }
            value = 10 * value + digit - '0';
            if (in.remaining() == 0) {
                return value;
            }
            digit = in.u8();
            if (isSpace(digit)) {
                return value;
            }
        }
    }

    /** The first byte that is neither space nor comment. */
    private int skipToToken() throws UndecodableImageException {
        int value = in.u8();
        while (isSpace(value) || value == '#') {
            if (value == '#') {
                while (value != '\n' && value != '\r') {
                    value = in.u8();
                }
            } else {
                value = in.u8();
            }
        }
        return value;
    }
}
