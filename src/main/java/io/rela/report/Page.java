package io.rela.report;

import io.rela.manifest.ModelInfo;
import io.rela.report.ReportFigures.Provenance;
import io.rela.run.Versions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;

/**
 * The report as one HTML page. It holds all that it shows, runs no script, and says so itself to the browser, which then loads
 * nothing. One thread, used once.
 */
final class Page {
    private static final String POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
    private static final int MOST_CHARACTERS = 40;
    private static final int MOST_COMMANDS = 12;

    private final ReportFigures figures;
    private final Blocks blocks = new Blocks();
    private final Markup page = blocks.page();

    private Page(ReportFigures figures) {
        this.figures = figures;
    }

    /** The page's text. */
    static String of(ReportFigures figures) {
        return new Page(figures).written();
    }

    private String written() {
        List<HomeFigures> homes = new ArrayList<>(List.of(figures.home()));
        List<String> names = new ArrayList<>(List.of(Words.name(figures.home().home())));
        if (figures.compared() != null) {
            homes.add(figures.compared());
            names = Words.names(figures.home().home(), figures.compared().home());
        }
        page.verbatim("<!DOCTYPE html>\n").open("html", "lang", "en");
        head(names.get(0));
        page.open("body").line().open("main").line();
        header(names.get(0));
        verdict();
        HomeSections sections = new HomeSections(blocks, homes, names);
        sections.counts();
        sections.losses();
        sections.subsets();
        pictures();
        sections.axes();
        sections.seconds();
        provenance();
        page.element(
                "footer",
                "Made by rela-convert " + Versions.rela() + ". The figures are in the JSON file beside this one.");
        page.close().line().close().close();
        return page + "\n";
    }

    private void head(String name) {
        page.open("head").line().empty("meta", "charset", "utf-8").line();
        page.empty("meta", "http-equiv", "Content-Security-Policy", "content", POLICY)
                .line();
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .line();
        page.empty("meta", "name", "color-scheme", "content", "light dark").line();
        page.element("title", "Report of " + Text.visible(name)).line();
        page.open("style").verbatim("\n" + style()).close().line().close().line();
    }

    private static String style() {
        try (InputStream in = Page.class.getResourceAsStream("/report/report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void header(String name) {
        page.open("header").open("h1").data(name).close();
        page.open("p", "class", "where").data(figures.home().home()).close();
        if (figures.compared() != null) {
            page.open("p", "class", "where")
                    .text("beside ")
                    .data(figures.compared().home())
                    .close();
        }
        page.line()
                .element("p", "Report of " + figures.made(), "class", "made")
                .line()
                .close()
                .line();
    }

    private void verdict() {
        Verdict verdict = figures.verdict();
        page.open("section", "class", "verdict " + verdict.level()).line();
        page.element("h2", verdict.headline()).line().open("ul").line();
        for (Verdict.Item item : verdict.items()) {
            page.open("li", "class", item.level()).element("span", sign(item.level()), "class", "sign");
            page.open("span").data(item.text()).close().close().line();
        }
        page.close().close().line();
    }

    private static String sign(Verdict.Level level) {
        return switch (level) {
            case GOOD -> "good";
            case NOTE -> "note";
            case WARNING -> "warning";
            case DAMAGE -> "damage";
        };
    }

    private void pictures() {
        if (figures.strips().isEmpty()) {
            return;
        }
        blocks.section("Pictures");
        for (Strip strip : figures.strips()) {
            blocks.heading(strip.name());
            blocks.say(strip.about());
            if (strip.tiles().stream().allMatch(tile -> tile.jpeg() == null && tile.reason() == null)) {
                blocks.say(
                        "None of these pictures can be shown: they do not lie in the home (convert with keep-images puts them"
                                + " there), or cannot be read where they came from.");
            }
            boolean told = strip.tiles().stream().anyMatch(tile -> tile.reason() != null);
            page.open("ul", "class", told ? "strip told" : "strip").line();
            strip.tiles().forEach(this::tile);
            page.close().line();
        }
        blocks.end();
    }

    private void tile(Tile tile) {
        page.open("li");
        if (tile.jpeg() == null) {
            page.open("span", "class", "unseen")
                    .text(tile.reason() == null ? tile.unseen() : "rejected")
                    .close();
        } else {
            page.empty(
                    "img",
                    "alt",
                    Text.shortened(tile.id(), MOST_CHARACTERS),
                    "src",
                    "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(tile.jpeg()));
        }
        page.open("span", "class", "id", "title", tile.id()).open("bdi");
        for (String part :
                Text.visible(Text.shortened(tile.id(), MOST_CHARACTERS)).split("(?<=/)", -1)) {
            page.text(part).empty("wbr");
        }
        page.close().close();
        if (tile.labelName() != null && !tile.id().startsWith(tile.labelName())) {
            page.open("span")
                    .data(Text.shortened(tile.labelName(), MOST_CHARACTERS))
                    .close();
        }
        if (tile.loss() != null) {
            page.element("span", "loss " + Words.exact(tile.loss()));
        }
        if (tile.reason() != null) {
            page.open("span", "class", "reason").data(tile.reason()).close();
        }
        page.close().line();
    }

    private void provenance() {
        Provenance from = figures.provenance();
        blocks.section("Provenance");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("pictures", from.input()));
        rows.add(List.of(
                "source",
                Words.count(from.source().count()) + " pictures, "
                        + Words.count(from.source().bytes()) + " bytes"));
        rows.add(List.of("sha256 of the ids", from.source().idsSha256()));
        model(rows, "prior", from.prior());
        from.learners().forEach(learner -> model(rows, "learner", learner));
        new TreeMap<>(from.versions()).forEach((name, version) -> rows.add(List.of(name, version)));
        blocks.texts(List.of("", "of the newest conversion"), rows);
        blocks.heading("To make it again");
        blocks.say("In this order, in a home of another name where this one stays. Passwords of URIs are left out.");
        commands(from.commands());
        blocks.end();
    }

    /** Writes the first, which converts, and the newest. */
    private void commands(List<String> commands) {
        int leftOut = Math.max(0, commands.size() - 1 - MOST_COMMANDS);
        command(commands.get(0));
        if (leftOut > 0) {
            blocks.say(
                    leftOut == 1
                            ? "An older one is left out: it stands in the JSON file."
                            : Words.count(leftOut) + " older ones are left out: they stand in the JSON file.");
        }
        commands.subList(1 + leftOut, commands.size()).forEach(this::command);
    }

    private void command(String command) {
        page.open("pre").data(command).close().line();
    }

    private static void model(List<List<String>> rows, String what, ModelInfo model) {
        rows.add(List.of(
                what,
                model.uri() + ", " + model.inputSize() + "×" + model.inputSize() + " pixels to "
                        + Words.count(model.outputDimension()) + " values"));
        rows.add(List.of("sha256 of the " + what, model.sha256()));
    }
}
