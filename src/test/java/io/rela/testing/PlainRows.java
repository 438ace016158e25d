package io.rela.testing;

import io.rela.table.EncodedImage;
import java.util.Arrays;

/** Rows of a table that AssertJ compares by their values, and floats by their bits. */
public final class PlainRows {
    private PlainRows() {}

    /** The row, in which a picture is its bytes and its path. */
    public static Object[] of(Object[] row) {
        return Arrays.stream(row)
                .map(value -> value instanceof EncodedImage image ? new Object[] {image.bytes(), image.path()} : value)
                .toArray();
    }
}
