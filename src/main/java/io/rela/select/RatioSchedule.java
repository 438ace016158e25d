package io.rela.select;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ratio of each epoch: from one value at epoch 0 to another at epoch {@code epochs} and after, along half a cosine or a
 * straight line. Immutable.
 *
 * @param shape of the way
 * @param from in (0, 1], at epoch 0
 * @param to in (0, 1]
 * @param epochs at least 1
 */
public record RatioSchedule(Shape shape, double from, double to, int epochs) {
    private static final Pattern TEXT = Pattern.compile("(cosine|linear):([0-9.eE+-]+?)\\.\\.([0-9.eE+-]+)@([0-9]+)");

    /** How the ratio changes. */
    public enum Shape {
        /** to + (from − to)·(1 + cos(π·e/epochs))/2. */
        COSINE,
        /** from + (to − from)·e/epochs. */
        LINEAR
    }

    public RatioSchedule {
        if (!(from > 0 && from <= 1 && to > 0 && to <= 1 && epochs >= 1)) {
            throw new IllegalArgumentException("ratios lie above 0 and up to 1, and there is at least one epoch");
        }
    }

    /** A ratio that never changes. */
    public static RatioSchedule constant(double ratio) {
        return new RatioSchedule(Shape.LINEAR, ratio, ratio, 1);
    }

    /**
     * Reads {@code cosine:0.2..0.8@30} or {@code linear:1..0.3@90}.
     *
     * @throws IllegalArgumentException when it is no such text
     */
    public static RatioSchedule parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw unreadable(null);
        }
        double from;
        double to;
        int epochs;
        try {
            from = Double.parseDouble(parts.group(2));
            to = Double.parseDouble(parts.group(3));
            epochs = Integer.parseInt(parts.group(4));
        } catch (NumberFormatException e) {
            throw unreadable(e);
        }
        return new RatioSchedule(Shape.valueOf(parts.group(1).toUpperCase(Locale.ROOT)), from, to, epochs);
    }

    private static IllegalArgumentException unreadable(NumberFormatException cause) {
        return new IllegalArgumentException("write it as cosine:0.2..0.8@30 or linear:0.2..0.8@30", cause);
    }

    /** The ratio of an epoch, in (0, 1]. */
    public double ratio(int epoch) {
        if (epoch >= epochs || from == to) {
            return to;
        }
        double way = (double) epoch / epochs;
        return switch (shape) {
            case COSINE -> to + (from - to) * (1 + StrictMath.cos(Math.PI * way)) / 2;
            case LINEAR -> from + (to - from) * way;
        };
    }
}
