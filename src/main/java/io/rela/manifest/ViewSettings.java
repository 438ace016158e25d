package io.rela.manifest;

import io.rela.image.Interpolation;
import io.rela.image.Normalization;
import io.rela.image.Preprocessing;
import java.util.List;

/**
 * What a model sees of a picture: {@link Preprocessing} as manifests spell it. Immutable.
 *
 * @param inputSize side of the crop in pixels
 * @param resize length of the shorter side after resizing, in pixels
 * @param interpolation filter of the resize
 * @param mean of red, green and blue
 * @param std of red, green and blue
 */
public record ViewSettings(int inputSize, int resize, Interpolation interpolation, List<Float> mean, List<Float> std) {
    /** The same as settings. */
    public static ViewSettings of(Preprocessing seen) {
        return new ViewSettings(
                seen.inputSize(),
                seen.resize(),
                seen.interpolation(),
                seen.normalization().means(),
                seen.normalization().stds());
    }

    /** The same as executors take it. */
    public Preprocessing preprocessing() {
        return new Preprocessing(resize, inputSize, interpolation, Normalization.of(mean, std));
    }
}
