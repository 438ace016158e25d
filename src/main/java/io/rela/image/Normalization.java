package io.rela.image;

import java.io.Serializable;
import java.util.List;

/**
 * Mean and standard deviation of each channel, for pixels scaled to [0, 1]: {@code (pixel / 255 - mean) / std}.
 *
 * @param meanRed finite
 * @param meanGreen finite
 * @param meanBlue finite
 * @param stdRed finite, above 0
 * @param stdGreen finite, above 0
 * @param stdBlue finite, above 0
 */
public record Normalization(float meanRed, float meanGreen, float meanBlue, float stdRed, float stdGreen, float stdBlue)
        implements Serializable {

    /** ImageNet's statistics, which torchvision's and most public models are trained with. */
    public static final Normalization IMAGENET = new Normalization(0.485f, 0.456f, 0.406f, 0.229f, 0.224f, 0.225f);

    /** Pixels in [-1, 1]: mean and deviation 0.5. */
    public static final Normalization HALF = new Normalization(0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f);

    public Normalization {
        requireFinite("mean", meanRed, meanGreen, meanBlue);
        requireFinite("std", stdRed, stdGreen, stdBlue);
        if (stdRed <= 0 || stdGreen <= 0 || stdBlue <= 0) {
            throw new IllegalArgumentException("std " + stdRed + "," + stdGreen + "," + stdBlue
                    + ": each channel's standard deviation must be above 0");
        }
    }

    /**
     * @param means of red, green and blue
     * @param stds of red, green and blue
     * @throws IllegalArgumentException unless both have three values in range
     */
    public static Normalization of(List<Float> means, List<Float> stds) {
        if (means.size() != 3 || stds.size() != 3) {
            throw new IllegalArgumentException(
                    "mean " + means + " and std " + stds + ": each needs three values, for red, green and blue");
        }
        return new Normalization(means.get(0), means.get(1), means.get(2), stds.get(0), stds.get(1), stds.get(2));
    }

    /** Means of red, green and blue. */
    public List<Float> means() {
        return List.of(meanRed, meanGreen, meanBlue);
    }

    /** Standard deviations of red, green and blue. */
    public List<Float> stds() {
        return List.of(stdRed, stdGreen, stdBlue);
    }

    private static void requireFinite(String name, float red, float green, float blue) {
        if (!Float.isFinite(red) || !Float.isFinite(green) || !Float.isFinite(blue)) {
            throw new IllegalArgumentException(
                    name + " " + red + "," + green + "," + blue + ": each channel's value must be finite");
        }
    }
}
