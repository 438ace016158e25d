package io.rela.source;

import java.util.Optional;

/**
 * Which columns of a Parquet input hold what; an empty name stands for the default.
 *
 * @param image the encoded pictures, binary or {@code struct<bytes:binary,path:string>}; default {@code image}
 * @param label int, long or string; default {@code label} where there is such a column, else no labels
 * @param id string, int or long, unique and never null; default {@code image.path} where that is unique and never null,
 *     else {@code FILE#ROW}
 */
public record ParquetColumns(Optional<String> image, Optional<String> label, Optional<String> id) {
    /** Every column by its default. */
    public static ParquetColumns defaults() {
        return new ParquetColumns(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
