package io.rela.distill;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.home.ManifestRecord;
import io.rela.source.ImageSource;
import io.rela.source.InputFormat;
import io.rela.source.ParquetColumns;
import io.rela.source.SourceException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Opens again what a home was converted from. */
final class Sources {
    private Sources() {}

    /**
     * The source of a finished conversion.
     *
     * @throws RelaException when it is not there any more
     */
    static ImageSource of(ManifestRecord conversion, Configuration conf) {
        try {
            return open(conversion.settings(), conf);
        } catch (SourceException e) {
            throw new RelaException(
                    ExitCode.INPUT,
                    "The pictures that this home was converted from are needed, and cannot be read at "
                            + conversion.settings().get("input") + " (" + e.getMessage() + "). Put them back there.",
                    e);
        }
    }

    /** The same; empty where the targets carry the pictures. */
    static Optional<ImageSource> unlessKept(ManifestRecord conversion, Configuration conf) {
        return areKept(conversion) ? Optional.empty() : Optional.of(of(conversion, conf));
    }

    /** Whether the targets carry the pictures. */
    static boolean areKept(ManifestRecord conversion) {
        return Boolean.parseBoolean(conversion.settings().get("keep-images"));
    }

    private static ImageSource open(Map<String, String> settings, Configuration conf) {
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
