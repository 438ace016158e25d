package io.rela.report;

import java.util.List;

/**
 * One line of a chart. Immutable.
 *
 * @param name for the legend
 * @param colour its number, 0 or more
 * @param values in order
 */
record Series(String name, int colour, List<Double> values) {
    /** Number of colours in the style sheet; larger numbers begin anew. */
    static final int COLOURS = 6;

    Series {
        values = List.copyOf(values);
    }

    /** The class that gives a series its colour and dashes. */
    static String colour(int number) {
        return "k" + number % COLOURS;
    }

    /** The largest of all values; 0 of none. */
    static double largest(List<Series> all) {
        return all.stream()
                .flatMap(series -> series.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }
}
