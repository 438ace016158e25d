package io.rela.image;

import java.util.Arrays;

/** Reads numbers from a picture's bytes; what lies beyond the end is a truncated picture. One decode's. */
final class ByteReader {
    private final byte[] data;
    private int position;

    ByteReader(byte[] data, int position) {
        this.data = data;
        this.position = position;
    }

    int position() {
        return position;
    }

    int remaining() {
        return data.length - position;
    }

    /** @param target may lie beyond the end: then the next read tells */
    void seek(long target) throws UndecodableImageException {
        if (target < 0 || target > data.length) {
            throw UndecodableImageException.truncated(
                    "The data ends at byte " + data.length + ", but points beyond that");
        }
        position = (int) target;
    }

    void skip(long count) throws UndecodableImageException {
        seek(position + count);
    }

    int u8() throws UndecodableImageException {
        if (position >= data.length) {
            throw UndecodableImageException.truncated("The data ends at byte " + data.length + ", inside the picture");
        }
        return data[position++] & 0xFF;
    }

    int u16Little() throws UndecodableImageException {
        return u8() | u8() << 8;
    }

    int u16Big() throws UndecodableImageException {
        return u8() << 8 | u8();
    }

    int u24Little() throws UndecodableImageException {
        return u16Little() | u8() << 16;
    }

    long u32Little() throws UndecodableImageException {
        return u16Little() | (long) u16Little() << 16;
    }

    long u32Big() throws UndecodableImageException {
        return (long) u16Big() << 16 | u16Big();
    }

    byte[] bytes(int count) throws UndecodableImageException {
        int start = position;
        skip(count);
        return Arrays.copyOfRange(data, start, position);
    }
}
