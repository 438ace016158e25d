package io.rela.report;

import java.util.List;

/**
 * One line of a chart. Immutable.
 *
 * @param name for the legend
 * @param values in order
 */
record Series(String name, List<Double> values) {
    /** Number of colours in the style sheet; later series begin anew. */
    static final int COLOURS = 6;

    Series {
        values = List.copyOf(values);
    }

    /** The class that gives the series at this place its colour and dashes. */
    static String colour(int place) {
        return "k" + place % COLOURS;
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
