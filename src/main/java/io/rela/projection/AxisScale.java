package io.rela.projection;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * How large the values of a target are along each axis, compared with the other axes. With v_j the population variance of the
 * features along axis j, a target's value there is divided by
 *
 * <pre>
 * c · √(d_j),   c² = mean over the axes that have variance of v_j / d_j
 * </pre>
 *
 * so that the variances of the targets' values add up to the number of axes that have variance, whatever the rule. A loss
 * that looks at angles weighs an axis by its variance. Along axes that two priors share the squared correlation stands for v_j, see
 * {@link Consensus}. c belongs to no axis, so that the first k values of targets of more
 * dimensions are, but for one factor, targets of k. Immutable.
 */
public sealed interface AxisScale {
    /** As the reference implementation does: d_j = v_j, variance 1 along each axis. */
    static AxisScale axis() {
        return new Axis();
    }

    /** The axes at their own scale: d_j = 1. */
    static AxisScale none() {
        return new None();
    }

    /**
     * What the variance of an axis is divided by, before the common factor: d_j.
     *
     * @param variance v_j, above 0
     * @param mean variance of those dimensions of the features that have any, above 0
     */
    double divisor(double variance, double mean);

    /**
     * What the values along each axis are divided by.
     *
     * @param variances v, 0 where there is none
     * @param mean as above
     * @return 0 where there is no variance
     */
    default float[] divisors(double[] variances, double mean) {
        double[] squares = new double[variances.length];
        double sum = 0;
        int alive = 0;
        for (int j = 0; j < squares.length; j++) {
            if (variances[j] > 0) {
                squares[j] = divisor(variances[j], mean);
                sum += variances[j] / squares[j];
                alive++;
            }
        }
        double common = alive == 0 ? 0 : Math.sqrt(sum / alive);
        float[] divisors = new float[squares.length];
        for (int j = 0; j < divisors.length; j++) {
            divisors[j] = (float) (Math.sqrt(squares[j]) * common);
        }
        return divisors;
    }

    /** See {@link #axis}. */
    record Axis() implements AxisScale {
        @Override
        public double divisor(double variance, double mean) {
            return variance;
        }

        @Override
        public String toString() {
            return "axis";
        }
    }

    /** See {@link #none}. */
    record None() implements AxisScale {
        @Override
        public double divisor(double variance, double mean) {
            return 1;
        }

        @Override
        public String toString() {
            return "none";
        }
    }

    /**
     * Between the two: d_j = v_j + λ·m, m the mean variance of a dimension of the features. Axes far above λ·m come to like
     * variances, those far below keep their own. m is of all features and not of the axes that are kept: the scale of an axis does
     * not depend on how many there are.
     *
     * @param strength λ, finite and above 0
     */
    record Shrink(double strength) implements AxisScale {
        /** λ where nobody says another: an axis of the mean variance keeps half of its own. */
        public static final double USUAL_STRENGTH = 1;

        private static final String NAME = "shrink";

        /** Refuses a strength out of range. */
        public Shrink {
            if (!(strength > 0 && strength < Double.POSITIVE_INFINITY)) {
                throw unreadable();
            }
        }

        @Override
        public double divisor(double variance, double mean) {
            return variance + strength * mean;
        }

        @Override
        public String toString() {
            return NAME + ":" + strength;
        }
    }

    /**
     * Reads {@code axis}, {@code none}, {@code shrink} or {@code shrink:λ}, in any case.
     *
     * @throws IllegalArgumentException for any other text
     */
    @JsonCreator
    static AxisScale of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals(axis().toString())) {
            return axis();
        }
        if (lower.equals(none().toString())) {
            return none();
        }
        if (lower.equals(Shrink.NAME)) {
            return new Shrink(Shrink.USUAL_STRENGTH);
        }
        if (!lower.startsWith(Shrink.NAME + ":")) {
            throw unreadable();
        }
        try {
            return new Shrink(Double.parseDouble(lower.substring(Shrink.NAME.length() + 1)));
        } catch (NumberFormatException e) {
            throw unreadable();
        }
    }

    private static IllegalArgumentException unreadable() {
        return new IllegalArgumentException(
                "write axis, none, shrink, or shrink:X with a finite number X above 0, such as shrink:0.5");
    }

    /** As users write it; {@code shrink} with its number. */
    @JsonValue
    @Override
    String toString();
}
