package io.rela.image;

import java.util.Arrays;
import java.util.Locale;

/** How {@link Preprocessor} weighs pixels when it resizes: Pillow's filters, whose support grows with the reduction. */
public enum Interpolation {
    /** A triangle; support 1 pixel. */
    BILINEAR(1.0) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            return x < 1.0 ? 1.0 - x : 0.0;
        }
    },
    /** Keys' cubic convolution with a = -0.5; support 2 pixels. */
    BICUBIC(2.0) {
        @Override
        double weight(double distance) {
            double a = -0.5;
            double x = Math.abs(distance);
            if (x < 1.0) {
                return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
            }
            return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
        }
    };

    private final double support;

    Interpolation(double support) {
        this.support = support;
    }

    /**
     * Reads a name as it stands in settings.
     *
     * @param text {@code bilinear} or {@code bicubic}, in lower case
     * @throws IllegalArgumentException for any other text; the message lists the names
     */
    public static Interpolation parse(String text) {
        return Arrays.stream(values())
                .filter(value -> value.label().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("Interpolation \"" + text + "\": write bilinear or bicubic"));
    }

    /** The name as it stands in settings: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Half the filter's width, in source pixels at a reduction of 1. */
    double support() {
        return support;
    }

    /** The unnormalised weight of a source pixel at this distance from the output pixel's centre. */
    abstract double weight(double distance);

    /** The label, so that the command line takes and shows it. */
    @Override
    public String toString() {
        return label();
    }
}
