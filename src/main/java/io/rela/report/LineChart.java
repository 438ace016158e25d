package io.rela.report;

import static io.rela.report.Frame.number;

import java.util.List;

/** Lines over the numbers 1, 2, 3, …, such as a scree plot. */
final class LineChart {
    private LineChart() {}

    /** Draws them from 0 on. */
    static Markup linear(String title, String xName, List<Series> lines) {
        return draw(title, xName, lines, Axis.linear(0, Series.largest(lines)));
    }

    /** Draws them over decades; what is 0 or less is left out. */
    static Markup log(String title, String xName, List<Series> lines) {
        double smallest = lines.stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(Double::doubleValue)
                .filter(value -> value > 0)
                .min()
                .orElse(1);
        return draw(title, xName, lines, Axis.decades(smallest, Math.max(smallest, Series.largest(lines))));
    }

    private static Markup draw(String title, String xName, List<Series> lines, Axis up) {
        int longest =
                lines.stream().mapToInt(line -> line.values().size()).max().orElse(1);
        Frame frame = new Frame(title, Axis.linear(1, longest), xName, up);
        for (Series line : lines) {
            List<Double> values = line.values();
            StringBuilder path = new StringBuilder();
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) > 0 || !up.log()) {
                    path.append(path.isEmpty() ? "M" : "L")
                            .append(number(frame.x(i + 1)))
                            .append(' ')
                            .append(number(frame.y(values.get(i))));
                }
            }
            frame.svg()
                    .empty("path", "class", "line " + Series.colour(line.colour()), "d", path)
                    .line();
        }
        return frame.finish();
    }
}
