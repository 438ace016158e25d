package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.image.PixelLayout;
import io.rela.model.Precision;
import io.rela.projection.Axes;
import io.rela.projection.AxisScale;
import io.rela.projection.Dimensions;
import io.rela.projection.ProjectionKind;
import io.rela.run.Figures;

/**
 * The settings that decide what a conversion gives: two conversions of one source that agree in them give the same tables, bit
 * for bit. Immutable.
 *
 * @param source where the pictures come from
 * @param priorSha256 of the prior's file
 * @param view what the prior sees of a picture
 * @param projection how targets are made of features
 * @param keepImages whether the encoded pictures travel along
 * @param batchSize pictures per forward pass
 * @param layout of the batches; planar where an old record does not say
 * @param precision that the prior computes in; float32 where an old record does not say
 */
public record ConversionSettings(
        SourceSettings source,
        String priorSha256,
        ViewSettings view,
        ProjectionSettings projection,
        boolean keepImages,
        int batchSize,
        PixelLayout layout,
        Precision precision)
        implements Figures {
    public ConversionSettings {
        layout = layout == null ? PixelLayout.PLANAR : layout;
        precision = precision == null ? Precision.FLOAT32 : precision;
    }

    /** The same with other targets of the same features. */
    public ConversionSettings projected(ProjectionSettings other) {
        return new ConversionSettings(source, priorSha256, view, other, keepImages, batchSize, layout, precision);
    }

    /**
     * How targets are made of features.
     *
     * @param projection kind of the axes
     * @param dimensions number of values per target, or how it is found
     * @param scale of the axes; null for the features themselves
     * @param seed of random axes
     * @param consensus what the axes are shared with; null unless they are
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ProjectionSettings(
            ProjectionKind projection, Dimensions dimensions, AxisScale scale, long seed, ConsensusSettings consensus) {
        /** The same without a scale where it has no effect. */
        public ProjectionSettings {
            scale = projection == ProjectionKind.NONE ? null : scale;
        }

        /** What is to be fitted. */
        public Axes axes() {
            return new Axes(projection, dimensions, scale == null ? AxisScale.none() : scale, seed);
        }
    }

    /**
     * The features that axes are shared with.
     *
     * @param consensusPriorSha256 of the file of the prior that gave them
     * @param consensusMade start of the conversion that made them
     */
    public record ConsensusSettings(String consensusPriorSha256, String consensusMade) {}
}
