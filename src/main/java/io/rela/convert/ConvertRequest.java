package io.rela.convert;

import io.rela.embed.EmbedRequest;
import io.rela.home.HomeRequest;
import io.rela.model.ModelRequest;
import io.rela.projection.AxisScale;
import io.rela.projection.Dimensions;
import io.rela.projection.ProjectionKind;
import io.rela.source.InputFormat;
import io.rela.source.Links;
import io.rela.source.ParquetColumns;
import java.util.Optional;

/**
 * What a conversion is asked for. Immutable.
 *
 * @param home where the tables go
 * @param pictures where they come from
 * @param prior the model
 * @param axes how targets are made of features
 * @param keepImages whether the encoded pictures travel along in targets
 * @param embed how the model is run
 * @param dryRun whether only to tell what would be done
 */
public record ConvertRequest(
        HomeRequest home,
        Pictures pictures,
        ModelRequest prior,
        Axes axes,
        boolean keepImages,
        EmbedRequest embed,
        boolean dryRun) {
    /**
     * Where pictures come from.
     *
     * @param input URI of a folder or file
     * @param format of it
     * @param columns of Parquet input
     * @param links what becomes of links that lead out of it
     */
    public record Pictures(String input, InputFormat format, ParquetColumns columns, Links links) {
        /** An input whose format is found out. */
        public static Pictures of(String input) {
            return new Pictures(input, InputFormat.AUTO, ParquetColumns.defaults(), Links.INSIDE);
        }
    }

    /**
     * How targets are made of features.
     *
     * @param kind of the axes
     * @param dimensions number of values per target; empty for the usual number
     * @param scale of the axes
     * @param seed of random axes
     * @param consensus URI of a home of the same pictures by another prior, for the kind of that name; else empty
     */
    public record Axes(
            ProjectionKind kind,
            Optional<Dimensions> dimensions,
            AxisScale scale,
            long seed,
            Optional<String> consensus) {
        /** Refuses a consensus without another home, and another home without one. */
        public Axes {
            if (consensus.isPresent() != (kind == ProjectionKind.CONSENSUS)) {
                throw new IllegalArgumentException("Kind " + kind + " with " + consensus);
            }
        }

        /** Axes of one prior. */
        public Axes(ProjectionKind kind, Optional<Dimensions> dimensions, AxisScale scale, long seed) {
            this(kind, dimensions, scale, seed, Optional.empty());
        }
    }
}
