package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.rank.Bins;
import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The charts are well-formed SVG; where things lie in them. Charts are 360 wide, from 42 to 350 across, from 174 up to 8. */
class ChartsTest {
    @Test
    void aHistogramIsAnOutlineOfItsBins() throws Exception {
        Markup chart = HistogramChart.draw(
                "Losses",
                "loss",
                new Bins(0, 2, 4),
                List.of(series("epoch 0", 0, 0, 10, 5, 0), series("epoch 3", 1, 0, 0, 0, 0)));
        // Half of the height for 5 of 10; the empty bins at both ends are left out.
        assertThat(attributes(chart, "path", "d")).containsExactly("M119 174V8H196V91H273V174", "M42 174V174");
        assertThat(attributes(chart, "path", "class")).containsExactly("area k0", "area k1");
        assertThat(texts(chart)).containsExactly("0", "2", "4", "6", "8", "10", "0", "0.5", "1", "1.5", "2", "loss");
    }

    @Test
    void linesGoThroughTheirValues() throws Exception {
        Markup linear = LineChart.linear("Sum", "axes", List.of(series("home", 0, 0, 50, 100)));
        assertThat(attributes(linear, "path", "d")).containsExactly("M42 174L196 91L350 8");
        Markup log = LineChart.log("Share", "axis", List.of(series("home", 0, 100, 10, 0, 1)));
        assertThat(attributes(log, "path", "d")).containsExactly("M42 8L144.7 91L350 174");
        Markup one = LineChart.log("Share", "axis", List.of(series("home", 2, 100)));
        assertThat(attributes(one, "path", "class")).containsExactly("line k2");
    }

    @Test
    void barsAreAsLongAsTheirValues() throws Exception {
        Markup chart = BarChart.draw(
                "Rejects",
                List.of(new BarChart.Bar("<script>", 4, "4"), new BarChart.Bar("a name that is long", 1, "one")));
        List<String> widths = attributes(chart, "rect", "width");
        assertThat(Double.parseDouble(widths.get(0))).isEqualTo(4 * Double.parseDouble(widths.get(1)));
        assertThat(texts(chart)).containsExactly("<script>", "4", "a name …is long", "one");
        assertThat(attributes(BarChart.draw("None", List.of(new BarChart.Bar("a", 0, "0"))), "rect", "width"))
                .containsExactly("0");
    }

    @Test
    void dotsLieBesideTheirBar() throws Exception {
        Markup chart = DotChart.draw(
                "Classes",
                List.of(
                        new DotChart.Row("cat\u202E", 0.5, List.of(0.25, 1.0)),
                        new DotChart.Row("dog", 0.5, List.of())),
                List.of(3, 4));
        // From 108 at 0% to 346 at 100%.
        assertThat(attributes(chart, "circle", "cx")).containsExactly("167.5", "346");
        assertThat(attributes(chart, "circle", "class")).containsExactly("dot k3", "dot k4");
        assertThat(attributes(chart, "rect", "width")).containsExactly("119", "119");
        assertThat(texts(chart)).contains("cat⟨U+202E⟩", "dog");
    }

    @Test
    void theTitleIsThereForThoseWhoDoNotSee() throws Exception {
        Document svg = parsed(LineChart.linear("A & B", "axes", List.of(series("home", 0, 1, 2))));
        assertThat(svg.getDocumentElement().getAttribute("role")).isEqualTo("img");
        assertThat(svg.getDocumentElement().getAttribute("aria-label")).isEqualTo("A & B");
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("A & B");
    }

    private static Series series(String name, int colour, double... values) {
        return new Series(name, colour, Arrays.stream(values).boxed().toList());
    }

    private static List<String> attributes(Markup chart, String tag, String name) throws Exception {
        NodeList found = parsed(chart).getElementsByTagName(tag);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> found.item(i).getAttributes().getNamedItem(name).getNodeValue())
                .toList();
    }

    private static List<String> texts(Markup chart) throws Exception {
        NodeList found = parsed(chart).getElementsByTagName("text");
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> found.item(i).getTextContent())
                .toList();
    }

    private static Document parsed(Markup chart) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(chart.toString())));
    }
}
