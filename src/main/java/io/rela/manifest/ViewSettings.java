package io.rela.manifest;

import io.rela.image.Interpolation;
import io.rela.image.Normalization;
import io.rela.image.Preprocessing;
import io.rela.model.ModelFile;
import io.rela.model.ModelRequest;
import java.util.List;
import java.util.Optional;

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

    /**
     * A learner whose request leaves open what it wants to see: a bare module is taken to want what is seen here, where the
     * prior of its home saw this.
     */
    public ModelRequest completing(ModelRequest learner) {
        if (!learner.uri().endsWith(".pt")) {
            return learner;
        }
        ModelFile.Overrides said = learner.view();
        boolean ownSize = said.inputSize().isPresent() || said.resize().isPresent();
        return learner.seeing(new ModelFile.Overrides(
                said.inputSize().or(() -> Optional.of(inputSize)),
                ownSize ? said.resize() : Optional.of(resize),
                said.interpolation().or(() -> Optional.of(interpolation)),
                said.means().or(() -> Optional.of(mean)),
                said.stds().or(() -> Optional.of(std))));
    }

    /** The same as executors take it. */
    public Preprocessing preprocessing() {
        return new Preprocessing(resize, inputSize, interpolation, Normalization.of(mean, std));
    }
}
