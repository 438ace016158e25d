package io.rela.app;

import io.rela.source.ImageSource;
import io.rela.source.InputFormat;
import io.rela.source.ParquetColumns;
import io.rela.table.ManifestRecord;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Opens again what a home was converted from. */
final class Sources {
    private Sources() {}

    static ImageSource of(ManifestRecord conversion, Configuration conf) {
        Map<String, String> settings = conversion.settings();
        return ImageSource.open(
                settings.get("input"),
                InputFormat.valueOf(settings.get("input-format").toUpperCase(Locale.ROOT)),
                new ParquetColumns(
                        Optional.ofNullable(settings.get("image-column")),
                        Optional.ofNullable(settings.get("label-column")),
                        Optional.ofNullable(settings.get("id-column"))),
                conf);
    }
}
