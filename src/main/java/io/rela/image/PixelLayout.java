package io.rela.image;

import java.util.Arrays;
import java.util.Locale;

/**
 * How a batch of pictures lies in memory when a model sees it. The model is given N×3×S×S either way and computes the same;
 * what a sum's order changes in the last bits of a feature is all that tells the two apart.
 */
public enum PixelLayout {
    /** Red, green and blue of each pixel beside each other: torch's {@code channels_last}, in which convolutions are fastest. */
    INTERLEAVED,
    /** The red plane, then the green one, then the blue one. */
    PLANAR;

    /**
     * Reads a name as it stands in settings.
     *
     * @param text {@code interleaved} or {@code planar}, in lower case
     * @throws IllegalArgumentException for any other text; the message lists the names
     */
    public static PixelLayout parse(String text) {
        return Arrays.stream(values())
                .filter(value -> value.toString().equals(text))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("Layout \"" + text + "\": write interleaved or planar"));
    }

    /** The name as it stands in settings: lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
