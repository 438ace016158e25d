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
                title,
                Axis.linear(bins.smallest(), bins.largest()),
                xName,
                Axis.linear(0, Series.largest(shares)));
        for (int place = 0; place < shares.size(); place++) {
            StringBuilder path = new StringBuilder("M" + number(frame.x(bins.smallest())) + " " + number(frame.y(0)));
            List<Double> values = shares.get(place).values();
            for (int bin = 0; bin < values.size(); bin++) {
                path.append("V").append(number(frame.y(values.get(bin))));
                path.append("H").append(number(frame.x(bins.smallest() + (bin + 1) * width)));
            }
            path.append("V").append(number(frame.y(0)));
            frame.svg().empty("path", "class", "area " + Series.colour(place), "d", path).line();
        }
        return frame.finish();
    }
}
