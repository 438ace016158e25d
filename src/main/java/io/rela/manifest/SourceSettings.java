package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.source.InputFormat;
import io.rela.source.ParquetColumns;
import java.util.Optional;

/**
 * Where a home's pictures come from. Immutable.
 *
 * @param input URI, secrets redacted
 * @param inputFormat never auto
 * @param imageColumn of Parquet input; null where nobody named one
 * @param labelColumn likewise
 * @param idColumn likewise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SourceSettings(
        String input, InputFormat inputFormat, String imageColumn, String labelColumn, String idColumn) {
    /** With the columns as they were named. */
    public static SourceSettings of(String input, InputFormat format, ParquetColumns columns) {
        return new SourceSettings(
                input,
                format,
                columns.image().orElse(null),
                columns.label().orElse(null),
                columns.id().orElse(null));
    }

    /** The columns as they were named. */
    public ParquetColumns columns() {
        return new ParquetColumns(
                Optional.ofNullable(imageColumn), Optional.ofNullable(labelColumn), Optional.ofNullable(idColumn));
    }
}
