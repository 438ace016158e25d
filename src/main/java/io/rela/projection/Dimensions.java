package io.rela.projection;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalInt;

/** How many values a target is to have. Immutable. */
public sealed interface Dimensions {
    /** As many as {@link AutoDimensions} finds. */
    static Dimensions auto() {
        return new Auto();
    }

    /** The number, where it is known before there are features. */
    default OptionalInt number() {
        return OptionalInt.empty();
    }

    /**
     * The number, for these features.
     *
     * @param variances along all D axes, descending; exactly 0 where there is none
     * @param samples that they are of, 2 or more
     * @return k, 1 to D; a number that was asked for as it is
     */
    int resolve(double[] variances, long samples);

    /**
     * A number.
     *
     * @param count k, 1 or more
     */
    record Count(int count) implements Dimensions {
        /** Refuses what is below 1. */
        public Count {
            if (count < 1) {
                throw unreadable();
            }
        }

        @Override
        public OptionalInt number() {
            return OptionalInt.of(count);
        }

        @Override
        public int resolve(double[] variances, long samples) {
            return count;
        }

        /** As JSON has it. */
        @JsonValue
        int value() {
            return count;
        }

        @Override
        public String toString() {
            return Integer.toString(count);
        }
    }

    /**
     * As few axes as hold a share of the variance.
     *
     * @param percent above 0, up to 100
     */
    record Share(BigDecimal percent) implements Dimensions {
        private static final BigDecimal ALL = BigDecimal.valueOf(100);

        /** Refuses a share out of range. */
        public Share {
            if (percent.signum() <= 0 || percent.compareTo(ALL) > 0) {
                throw unreadable();
            }
            percent = percent.stripTrailingZeros();
        }

        @Override
        public int resolve(double[] variances, long samples) {
            double wanted = sum(variances) * percent.divide(ALL).doubleValue();
            double held = 0;
            int axes = 0;
            while (axes < variances.length && variances[axes] > 0 && held < wanted) {
                held += variances[axes++];
            }
            return Math.max(1, axes);
        }

        private static double sum(double[] variances) {
            double sum = 0;
            for (double variance : variances) {
                sum += variance;
            }
            return sum;
        }

        @JsonValue
        @Override
        public String toString() {
            return percent.toPlainString() + "%";
        }
    }

    /** See {@link #auto}. */
    record Auto() implements Dimensions {
        private static final String NAME = "auto";

        @Override
        public int resolve(double[] variances, long samples) {
            return AutoDimensions.of(variances, samples);
        }

        @JsonValue
        @Override
        public String toString() {
            return NAME;
        }
    }

    /**
     * Reads a number, {@code auto}, or a share such as {@code 90%}.
     *
     * @throws IllegalArgumentException for any other text
     */
    @JsonCreator
    static Dimensions of(String text) {
        if (text.toLowerCase(Locale.ROOT).equals(Auto.NAME)) {
            return auto();
        }
        try {
            return text.endsWith("%")
                    ? new Share(new BigDecimal(text.substring(0, text.length() - 1)))
                    : new Count(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw unreadable();
        }
    }

    /** The same of a number, as JSON has it. */
    @JsonCreator
    static Dimensions of(int count) {
        return new Count(count);
    }

    private static IllegalArgumentException unreadable() {
        return new IllegalArgumentException(
                "write a number of at least 1, auto, or a share of the variance above 0% and up to 100%");
    }
}
