package io.rela.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One axis of a chart: the values that it spans and where they lie. Immutable.
 *
 * @param from value at its beginning
 * @param to value at its end, above {@code from}
 * @param log whether equal factors have equal lengths; {@code from} is above 0 then
 */
record Axis(double from, double to, boolean log) {
    private static final int MOST_TICKS = 6;

    Axis {
        if (!(from < to) || (log && from <= 0) || !Double.isFinite(to - from)) {
            throw new IllegalArgumentException("No axis goes from " + from + " to " + to);
        }
    }

    /** From one value to another, or somewhat beyond where they are the same. */
    static Axis linear(double from, double to) {
        return new Axis(from, from < to ? to : from + Math.max(1, Math.abs(from) * 0.1), false);
    }

    /** Over whole decades around values above 0. */
    static Axis decades(double smallest, double largest) {
        double low = Math.floor(Math.log10(smallest));
        double high = Math.ceil(Math.log10(largest));
        return new Axis(Math.pow(10, low), Math.pow(10, high > low ? high : low + 1), true);
    }

    /** Where a value lies: 0 at the beginning, 1 at the end; values beyond lie at the nearer end. */
    double at(double value) {
        double part = log
                ? (Math.log(Math.max(value, from)) - Math.log(from)) / (Math.log(to) - Math.log(from))
                : (value - from) / (to - from);
        return Math.max(0, Math.min(1, part));
    }

    /** Round values to write beside it, ascending. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (log) {
            int low = (int) Math.ceil(Math.log10(from) - 1e-9);
            int high = (int) Math.floor(Math.log10(to) + 1e-9);
            int step = Math.max(1, (high - low + MOST_TICKS - 1) / MOST_TICKS);
            for (int power = low; power <= high; power += step) {
                ticks.add(Math.pow(10, power));
            }
            return ticks;
        }
        double step = step();
        for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** The smallest of 1, 2 and 5 times a power of ten that gives few enough ticks. */
    private double step() {
        double rough = (to - from) / (MOST_TICKS - 1);
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (int factor : new int[] {1, 2, 5}) {
            if (factor * power >= rough * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** A value as it stands beside the axis: short, without an exponent where that is readable. */
    static String label(double value) {
        double size = Math.abs(value);
        if (size >= 1e9 || (size > 0 && size < 1e-4)) {
            return String.format(Locale.ROOT, "%.0e", value);
        }
        if (size >= 1e6) {
            return trimmed(value / 1e6) + "M";
        }
        if (size >= 1e4) {
            return trimmed(value / 1e3) + "k";
        }
        return trimmed(value);
    }

    private static String trimmed(double value) {
        String text = String.format(Locale.ROOT, "%.4f", value);
        text = text.replaceAll("0+$", "").replaceAll("\\.$", "");
        return text.equals("-0") ? "0" : text;
    }
}
