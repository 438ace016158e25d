package io.rela.image;

/** TIFF's variant of Lempel-Ziv-Welch: codes of 9 to 12 bits, high bit first, growing one code early. */
final class TiffLzw {
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int FIRST = 258;
    private static final int MIN_BITS = 9;
    private static final int MAX_BITS = 12;

    private TiffLzw() {}

    /** The variant of before TIFF 5, low bit first: it starts with a zero byte where a clear code would set the high bit. */
    static boolean isOldStyle(byte[] data, int start, int length) {
        return length >= 2 && data[start] == 0 && (data[start + 1] & 1) != 0;
    }

    /** Unpacks into {@code out} until it is full or the data ends; returns the bytes written. */
    static int unpack(byte[] data, int start, int length, byte[] out) throws UndecodableImageException {
        // A code's string is the string of the code before it plus one byte, so it stands in the output already.
        int[] places = new int[(1 << MAX_BITS) + 1];
        int[] lengths = new int[(1 << MAX_BITS) + 1];
        int next = FIRST;
        int codeBits = MIN_BITS;
        boolean fresh = true;
        int written = 0;
        int previousAt = 0;
        int previousLength = 0;
        long bitEnd = 8L * length;
        long bit = 0;
        while (written < out.length && bit + codeBits <= bitEnd) {
            int code = bits(data, start, length, bit, codeBits);
            bit += codeBits;
            if (code == END) {
                break;
            }
            if (code == CLEAR) {
                next = FIRST;
                codeBits = MIN_BITS;
                fresh = true;
                continue;
            }
            if (code >= FIRST && (fresh || code > next)) {
                throw UndecodableImageException.corrupt("An LZW code stands for nothing yet");
            }
            if (!fresh && next <= 1 << MAX_BITS) {
                places[next] = previousAt;
                lengths[next] = previousLength + 1;
                next++;
            }
            int at = written;
            int count = code < CLEAR ? 1 : lengths[code];
            if (code < CLEAR) {
                out[written++] = (byte) code;
            } else {
                int from = places[code];
                for (int i = 0; i < count && written < out.length; i++) {
                    out[written++] = out[from + i];
                }
            }
            previousAt = at;
            previousLength = count;
            fresh = false;
            if (next >= (1 << codeBits) - 1 && codeBits < MAX_BITS) {
                codeBits++;
            }
        }
        return written;
    }

    private static int bits(byte[] data, int start, int length, long bit, int count) {
        int at = (int) (bit >> 3);
        int word = 0;
        for (int i = 0; i < 3; i++) {
            word = word << 8 | (at + i < length ? data[start + at + i] & 0xFF : 0);
        }
        return (word >> (24 - count - (int) (bit & 7))) & ((1 << count) - 1);
    }
}
