package io.rela.table;

/**
 * One column of a table.
 *
 * @param name as it stands in the file
 * @param type how it is stored
 * @param nullable whether a row may leave it out
 */
public record Column(String name, Type type, boolean nullable) {
    /** The types that the tables use, and the Java type that a row carries for each. */
    public enum Type {
        /** {@code long}; Java {@link Long}. */
        LONG,
        /** {@code int}; Java {@link Integer}. */
        INT,
        /** {@code float}; Java {@link Float}. */
        FLOAT,
        /** {@code double}; Java {@link Double}. */
        DOUBLE,
        /** {@code string}; Java {@link String}. */
        STRING,
        /** {@code array<float>}, elements never null; Java {@code float[]}. */
        FLOATS,
        /** {@code struct<bytes:binary,path:string>} as Hugging Face datasets have it; Java {@link EncodedImage}. */
        IMAGE
    }

    static Column required(String name, Type type) {
        return new Column(name, type, false);
    }

    static Column optional(String name, Type type) {
        return new Column(name, type, true);
    }
}
