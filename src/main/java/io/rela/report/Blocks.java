package io.rela.report;

import java.util.List;

/** The pieces that the page is made of. One thread. */
final class Blocks {
    private final Markup page = new Markup();

    /** Begins a section, to be ended by {@link #end}. */
    void section(String title) {
        page.open("section").element("h2", title).line();
    }

    /** Begins a row of charts, to be ended by {@link #end}. */
    void row() {
        page.open("div", "class", "row").line();
    }

    /** Ends what was begun last. */
    void end() {
        page.close().line();
    }

    /** A sentence of this program. */
    void say(String sentence) {
        page.element("p", sentence).line();
    }

    /** A heading below a section's. */
    void heading(String title) {
        page.open("h3").data(title).close().line();
    }

    /** A chart below its title. */
    void figure(String title, Markup chart) {
        figure(title, chart, List.of(), List.of());
    }

    /** The same with a legend below it, where there is something to tell apart. */
    void figure(String title, Markup chart, List<Series> series) {
        figure(
                title,
                chart,
                series.stream().map(Series::name).toList(),
                series.stream().map(Series::colour).toList());
    }

    /** The same. */
    void figure(String title, Markup chart, List<String> legend, List<Integer> colours) {
        page.open("figure").open("figcaption").data(title).close().line().add(chart);
        if (legend.size() > 1) {
            page.open("ul", "class", "legend");
            for (int i = 0; i < legend.size(); i++) {
                page.open("li").open("svg", "class", "swatch", "viewBox", "0 0 24 10", "aria-hidden", "true");
                page.empty(
                        "line", "class", "line " + Series.colour(colours.get(i)), "x1", 0, "x2", 24, "y1", 5, "y2", 5);
                page.close().data(legend.get(i)).close();
            }
            page.close();
        }
        page.close().line();
    }

    /** A table of numbers, whose first column names its rows; what is wider than the page can be moved to and fro. */
    void table(List<String> columns, List<List<String>> rows) {
        table("numbers", columns, rows);
    }

    /** A table of texts, which are broken where they are long. */
    void texts(List<String> columns, List<List<String>> rows) {
        table("texts", columns, rows);
    }

    private void table(String kind, List<String> columns, List<List<String>> rows) {
        page.open("div", "class", "scroll", "tabindex", "0")
                .open("table", "class", kind)
                .open("thead")
                .open("tr");
        columns.forEach(column -> page.open("th", "scope", "col").data(column).close());
        page.close().close().open("tbody").line();
        for (List<String> row : rows) {
            page.open("tr").open("th", "scope", "row").data(row.get(0)).close();
            row.stream().skip(1).forEach(cell -> page.open("td").data(cell).close());
            page.close().line();
        }
        page.close().close().close().line();
    }

    /** What was written so far, to write into. */
    Markup page() {
        return page;
    }
}
