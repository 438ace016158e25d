package io.rela.cli.options;

import io.rela.Flag;
import io.rela.image.Interpolation;
import io.rela.model.ModelFile;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that say what a model wants to see, where its directory does not. */
public final class ViewOptions {
    @Option(names = Flag.INPUT_SIZE, paramLabel = "N", description = "of the model, in pixels (default 224)")
    Integer inputSize;

    @Option(names = Flag.RESIZE, paramLabel = "N", description = "shorter side before the crop (default input size)")
    Integer resize;

    @Option(names = Flag.INTERPOLATION, description = "${COMPLETION-CANDIDATES} (default bilinear)")
    Interpolation interpolation;

    @Option(names = Flag.MEAN, split = ",", paramLabel = "M", description = "a,b,c (default ImageNet's)")
    List<Float> mean;

    @Option(names = Flag.STD, split = ",", paramLabel = "S", description = "a,b,c (default ImageNet's)")
    List<Float> std;

    /** Notes what is wrong with them. */
    public void check(Problems problems) {
        problems.atLeastOne(Flag.INPUT_SIZE, inputSize);
        problems.atLeastOne(Flag.RESIZE, resize);
        problems.check(
                inputSize == null || resize == null || inputSize <= resize,
                Flag.INPUT_SIZE + " " + inputSize + " is larger than " + Flag.RESIZE + " " + resize
                        + ": the crop has to fit, raise " + Flag.RESIZE);
        threeNumbers(problems, Flag.MEAN, mean);
        threeNumbers(problems, Flag.STD, std);
        problems.check(
                std == null || std.stream().allMatch(s -> s > 0), Flag.STD + " " + std + ": a deviation is above 0");
    }

    public ModelFile.Overrides overrides() {
        return new ModelFile.Overrides(
                Optional.ofNullable(inputSize),
                Optional.ofNullable(resize),
                Optional.ofNullable(interpolation),
                Optional.ofNullable(mean),
                Optional.ofNullable(std));
    }

    private static void threeNumbers(Problems problems, String option, List<Float> values) {
        problems.check(
                values == null || (values.size() == 3 && values.stream().allMatch(v -> Float.isFinite(v))),
                option + " " + values + ": write three finite numbers, for red, green and blue");
    }
}
