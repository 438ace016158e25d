package io.rela.report;

import io.rela.report.BarChart.Bar;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes figures as a person reads them. */
final class Words {
    private static final int MOST_BARS = 24;

    private Words() {}

    /** A number with commas. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A share as a percentage; a small one is not none. */
    static String percent(double share) {
        return share > 0 && share < 0.0005 ? "<0.1%" : String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    /** With four digits behind the point. */
    static String exact(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    /** Seconds, with a digit behind the point. */
    static String seconds(double value) {
        return String.format(Locale.ROOT, "%,.1f s", value);
    }

    /**
     * Bars of how many samples were selected how often; of many numbers neighbours share one.
     *
     * @param samples by number of times
     */
    static List<Bar> times(Map<Long, Long> samples) {
        TreeMap<Long, Long> sorted = new TreeMap<>(samples);
        long all = sorted.values().stream().mapToLong(Long::longValue).sum();
        long width = sorted.isEmpty() ? 1 : (sorted.lastKey() + MOST_BARS) / MOST_BARS;
        List<Bar> bars = new ArrayList<>();
        for (long from = 0; !sorted.isEmpty() && from <= sorted.lastKey(); from += width) {
            long some = sorted.subMap(from, from + width).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            String name = width > 1
                    ? from + " to " + (from + width - 1) + " times"
                    : switch ((int) from) {
                        case 0 -> "never";
                        case 1 -> "once";
                        default -> from + " times";
                    };
            bars.add(new Bar(name, some, percent((double) some / Math.max(1, all))));
        }
        return bars;
    }

    /** As many last parts of two paths as tell them apart; of equal ones the whole. */
    static List<String> names(String one, String other) {
        String[] first = one.split("/", -1);
        String[] second = other.split("/", -1);
        for (int parts = 1; parts < Math.min(first.length, second.length); parts++) {
            String short1 = last(first, parts);
            String short2 = last(second, parts);
            if (!short1.equals(short2)) {
                return List.of(short1, short2);
            }
        }
        return List.of(one, other);
    }

    /** The last part of a path, whether or not slashes follow it. */
    static String name(String path) {
        return last(path.replaceFirst("(?<!/)/+$", "").split("/", -1), 1);
    }

    private static String last(String[] parts, int many) {
        return String.join("/", List.of(parts).subList(parts.length - many, parts.length));
    }
}
