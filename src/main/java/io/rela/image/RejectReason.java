package io.rela.image;

import java.util.Locale;

/** Why a sample became a row of {@code rejects/} instead of a target. */
public enum RejectReason {
    /** There is no such file any more. */
    UNREADABLE,
    /** No bytes at all. */
    EMPTY,
    /** No format that the decoder knows. */
    UNKNOWN_FORMAT,
    /** The data ends before the picture does. */
    TRUNCATED,
    /** The data contradicts its format. */
    CORRUPT,
    /** More pixels than a decoder should be asked to hold. */
    TOO_LARGE,
    /** A known format in a variant that is not decoded here. */
    UNSUPPORTED,
    /** The model gave NaN or infinity for this picture. */
    NOT_FINITE;

    /** The name as it stands in the table: lower case with dashes. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
