package io.rela.report;

import static io.rela.report.Frame.number;

import io.rela.rank.Bins;
import java.util.List;

/** Histograms over the same bins, laid over each other as outlines. */
final class HistogramChart {
    private HistogramChart() {}

    /**
     * Draws them.
     *
     * @param title what they show
     * @param xName what is counted
     * @param bins of all of them
     * @param shares for each, the share of its samples in each bin
     */
    static Markup draw(String title, String xName, Bins bins, List<Series> shares) {
        double width = ((double) bins.largest() - bins.smallest()) / bins.number();
        Frame frame = new Frame(
                title, Axis.linear(bins.smallest(), bins.largest()), xName, Axis.linear(0, Series.largest(shares)));
        for (Series each : shares) {
            List<Double> values = each.values();
            int first = first(values);
            StringBuilder path = new StringBuilder(
                    "M" + number(frame.x(bins.smallest() + first * width)) + " " + number(frame.y(0)));
            for (int bin = first; bin < end(values); bin++) {
                path.append("V").append(number(frame.y(values.get(bin))));
                path.append("H").append(number(frame.x(bins.smallest() + (bin + 1) * width)));
            }
            path.append("V").append(number(frame.y(0)));
            frame.svg()
                    .empty("path", "class", "area " + Series.colour(each.colour()), "d", path)
                    .line();
        }
        return frame.finish();
    }

    /** The first bin that is not empty; 0 where all are. */
    private static int first(List<Double> values) {
        int first = 0;
        while (first < values.size() && values.get(first) == 0) {
            first++;
        }
        return first == values.size() ? 0 : first;
    }

    /** The bin after the last that is not empty. */
    private static int end(List<Double> values) {
        int end = values.size();
        while (end > 0 && values.get(end - 1) == 0) {
            end--;
        }
        return end;
    }
}
