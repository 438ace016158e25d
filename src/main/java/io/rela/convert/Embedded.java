package io.rela.convert;

import io.rela.embed.WavePlan;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.Counts;
import io.rela.manifest.MannerInfo;
import io.rela.manifest.ModelInfo;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.table.RangedFiles;
import java.util.List;
import java.util.Optional;

/**
 * Features of a source, made now or kept from before, with all that targets are made of. Immutable.
 *
 * @param settings what decides the result
 * @param source the pictures
 * @param samples the same one by one
 * @param features what the prior made of them
 * @param origin how the features came to be
 */
record Embedded(ConversionSettings settings, Fingerprint source, Samples samples, Features features, Origin origin) {
    /**
     * The pictures one by one.
     *
     * @param files sorted by index
     * @param carryImages whether the files hold the pictures, which travel along
     * @param images gives the pictures again when they travel along otherwise; else empty
     * @param classNames names by label; empty where the source names no classes
     */
    record Samples(RangedFiles files, boolean carryImages, Optional<ImageSource> images, List<String> classNames) {}

    /**
     * Features by index.
     *
     * @param files of them
     * @param plan how the samples are cut
     * @param counts samples by fate
     */
    record Features(RangedFiles files, WavePlan plan, Counts counts) {}

    /**
     * How features came to be.
     *
     * @param manner in which the prior was run
     * @param prior the model
     * @param libtorch its version
     * @param devices that computed
     * @param made start of the conversion that made them, where that is an earlier one
     */
    record Origin(MannerInfo manner, ModelInfo prior, String libtorch, List<String> devices, Optional<String> made) {}
}
