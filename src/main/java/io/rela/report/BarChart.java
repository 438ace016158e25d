package io.rela.report;

import static io.rela.report.Frame.number;

import java.util.List;

/** Bars that lie, each with its name before and its value behind it. */
final class BarChart {
    private static final double WIDTH = 360;
    private static final double ROW = 19;
    private static final double NAMES = 108;
    private static final double VALUES = 66;
    private static final int MOST_CHARACTERS = 15;

    private BarChart() {}

    /**
     * One bar.
     *
     * @param name what it is of
     * @param value its length, 0 or more
     * @param text the value as it is written
     */
    record Bar(String name, double value, String text) {}

    /** Draws them from the top down. */
    static Markup draw(String title, List<Bar> bars) {
        double largest = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        Axis along = Axis.linear(0, largest);
        Markup svg = new Markup();
        Frame.begin(svg, title, WIDTH, ROW * bars.size() + 4);
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double top = i * ROW + 2;
            double length = along.at(bar.value()) * (WIDTH - NAMES - VALUES);
            Frame.label(svg, NAMES - 5, top + 13, "end", Text.shortened(bar.name(), MOST_CHARACTERS));
            svg.open(
                    "rect",
                    "class",
                    "bar",
                    "x",
                    number(NAMES),
                    "y",
                    number(top + 2),
                    "width",
                    number(length),
                    "height",
                    number(ROW - 5));
            svg.element("title", Text.visible(bar.name() + ": " + bar.text())).close();
            Frame.label(svg, NAMES + length + 4, top + 13, "start", bar.text());
            svg.line();
        }
        return svg.close().line();
    }
}
