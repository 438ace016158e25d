package io.rela.report;

import static io.rela.report.Frame.number;

import java.util.List;

/** A row a name: a bar for the whole, and a dot for each part that is compared with it. */
final class DotChart {
    private static final double WIDTH = 360;
    private static final double ROW = 18;
    private static final double NAMES = 108;
    private static final double RIGHT = 14;
    private static final double BOTTOM = 20;
    private static final double RADIUS = 4;
    private static final int MOST_CHARACTERS = 15;

    private DotChart() {}

    /**
     * One row.
     *
     * @param name what it is of
     * @param whole the bar's length, 0 or more
     * @param parts where the dots are, in the order of the legend
     */
    record Row(String name, double whole, List<Double> parts) {}

    /**
     * Draws them from the top down, over shares in percent.
     *
     * @param colours of the parts
     */
    static Markup draw(String title, List<Row> rows, List<Integer> colours) {
        double largest = rows.stream()
                .mapToDouble(row -> Math.max(
                        row.whole(),
                        row.parts().stream()
                                .mapToDouble(Double::doubleValue)
                                .max()
                                .orElse(0)))
                .max()
                .orElse(0);
        Axis along = Axis.linear(0, 100 * largest);
        double height = ROW * rows.size() + BOTTOM;
        Markup svg = new Markup();
        Frame.begin(svg, title, WIDTH, height);
        for (double tick : along.ticks()) {
            String at = number(x(along, tick));
            svg.empty("line", "class", "grid", "x1", at, "x2", at, "y1", "0", "y2", number(height - BOTTOM));
            Frame.label(svg, x(along, tick), height - 6, "middle", Axis.label(tick) + "%");
        }
        svg.line();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            double top = i * ROW;
            Frame.label(svg, NAMES - 5, top + 13, "end", Text.shortened(row.name(), MOST_CHARACTERS));
            svg.open(
                    "rect",
                    "class",
                    "whole",
                    "x",
                    number(NAMES),
                    "y",
                    number(top + 4),
                    "width",
                    number(x(along, 100 * row.whole()) - NAMES),
                    "height",
                    number(ROW - 8));
            svg.element("title", Text.visible(row.name())).close();
            for (int part = 0; part < row.parts().size(); part++) {
                svg.empty(
                        "circle",
                        "class",
                        "dot " + Series.colour(colours.get(part)),
                        "cx",
                        number(x(along, 100 * row.parts().get(part))),
                        "cy",
                        number(top + ROW / 2),
                        "r",
                        number(RADIUS));
            }
            svg.line();
        }
        return svg.close().line();
    }

    private static double x(Axis along, double percent) {
        return NAMES + along.at(percent) * (WIDTH - NAMES - RIGHT);
    }
}
