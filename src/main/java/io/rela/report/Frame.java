package io.rela.report;

import java.util.Locale;

/**
 * What charts with two axes have in common: an SVG picture as wide as a telephone, which grows with its place. Colours come from
 * the page's style sheet by classes, so that light, dark and print need one picture only. One thread, used once.
 */
final class Frame {
    static final double WIDTH = 360;
    static final double HEIGHT = 210;
    private static final double LEFT = 42;
    private static final double RIGHT = 10;
    private static final double TOP = 8;
    private static final double BOTTOM = 36;

    private final Axis across;
    private final Axis up;
    private final Markup svg = new Markup();

    /**
     * Begins a chart.
     *
     * @param title what it shows, for those who do not see it
     * @param xName written below
     */
    Frame(String title, Axis across, String xName, Axis up) {
        this.across = across;
        this.up = up;
        begin(svg, title, WIDTH, HEIGHT);
        for (double tick : up.ticks()) {
            double at = y(tick);
            svg.empty(
                    "line",
                    "class",
                    "grid",
                    "x1",
                    number(LEFT),
                    "x2",
                    number(WIDTH - RIGHT),
                    "y1",
                    number(at),
                    "y2",
                    number(at));
            label(svg, LEFT - 4, at + 4, "end", Axis.label(tick));
        }
        for (double tick : across.ticks()) {
            label(svg, x(tick), HEIGHT - BOTTOM + 14, "middle", Axis.label(tick));
        }
        label(svg, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", xName);
        svg.line();
    }

    /** Opens an SVG picture of this size, with its title. */
    static void begin(Markup svg, String title, double width, double height) {
        svg.open("svg", "viewBox", "0 0 " + number(width) + " " + number(height), "role", "img", "aria-label", title);
        svg.element("title", Text.visible(title)).line();
    }

    /** Writes a label; text of data is one on its own, so that its direction moves no other. */
    static void label(Markup svg, double x, double y, String anchor, String text) {
        svg.element("text", Text.visible(text), "x", number(x), "y", number(y), "text-anchor", anchor);
    }

    /** Where a value lies, from the left. */
    double x(double value) {
        return LEFT + across.at(value) * (WIDTH - LEFT - RIGHT);
    }

    /** Where a value lies, from the top. */
    double y(double value) {
        return HEIGHT - BOTTOM - up.at(value) * (HEIGHT - TOP - BOTTOM);
    }

    /** The picture so far, to draw into. */
    Markup svg() {
        return svg;
    }

    /** Ends the chart. */
    Markup finish() {
        double base = HEIGHT - BOTTOM;
        svg.empty(
                "line",
                "class",
                "axis",
                "x1",
                number(LEFT),
                "x2",
                number(WIDTH - RIGHT),
                "y1",
                number(base),
                "y2",
                number(base));
        return svg.close().line();
    }

    /** A coordinate with a tenth of a pixel, as short as it can be written. */
    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
