package io.rela.report;

import io.rela.manifest.Counts;
import io.rela.report.BarChart.Bar;
import io.rela.report.HomeFigures.ClassFigures;
import io.rela.report.HomeFigures.EpochLosses;
import io.rela.report.HomeFigures.EpochSubset;
import io.rela.report.HomeFigures.Histograms;
import io.rela.report.HomeFigures.RecordFigures;
import io.rela.report.HomeFigures.Scree;
import io.rela.report.HomeFigures.SubsetFigures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sections that show figures: those of one home, or of two side by side. One thread. */
final class HomeSections {
    private static final int MOST_ROWS = 40;
    private static final String TOTAL = "total";

    private final Blocks blocks;
    private final List<HomeFigures> homes;
    private final List<String> names;

    /** @param names of the homes, short */
    HomeSections(Blocks blocks, List<HomeFigures> homes, List<String> names) {
        this.blocks = blocks;
        this.homes = homes;
        this.names = names;
    }

    void counts() {
        blocks.section("Counts");
        blocks.row();
        List<String> columns = new ArrayList<>(List.of(""));
        columns.addAll(names);
        List<List<String>> rows = new ArrayList<>();
        if (homes.size() > 1) {
            row(rows, "verdict", home -> Verdict.of(home).headline());
        }
        row(
                rows,
                "pictures listed",
                home -> Words.count(home.conversion().counts().listed()));
        row(rows, "converted", home -> Words.count(home.conversion().counts().converted()));
        row(rows, "rejected", home -> rejected(home.conversion().counts()));
        row(rows, "prior", home -> Words.name(home.conversion().prior().uri()));
        row(
                rows,
                "values of a feature",
                home -> Words.count(home.conversion().prior().outputDimension()));
        row(rows, "values of a target", home -> scree(home, scree -> Words.count(scree.dimensions())));
        if (shows(Scree::share)) {
            row(
                    rows,
                    "variance kept",
                    home -> scree(home, scree -> scree.share() == null ? "–" : Words.percent(scree.share())));
        }
        if (shows(Scree::correlations)) {
            row(
                    rows,
                    "correlations of both priors",
                    home -> scree(home, scree -> scree.correlations() == null ? "–" : range(scree.correlations())));
        }
        row(
                rows,
                "labeled",
                home -> home.classes() == null
                        ? (home.state().complete() ? "none" : "–")
                        : Words.count(home.classes().labeled()) + " in "
                                + Words.count(home.classes().classes()) + " classes");
        row(rows, "pictures kept in the home", home -> home.conversion().keepsImages() ? "yes" : "no");
        row(
                rows,
                "epochs with losses",
                home -> Words.count(home.losses().epochs().size()));
        row(
                rows,
                "epochs with a subset",
                home -> Words.count(home.subsets().epochs().size()));
        blocks.texts(columns, rows);
        rejects();
        blocks.end();
        blocks.end();
    }

    /** What a row says of a home. */
    private interface Cell<T> {
        String of(T shown);
    }

    private void row(List<List<String>> rows, String name, Cell<HomeFigures> cell) {
        List<String> row = new ArrayList<>(List.of(name));
        homes.forEach(home -> row.add(cell.of(home)));
        rows.add(row);
    }

    /** Whether the axes of a home have this. */
    private boolean shows(Function<Scree, ?> part) {
        return homes.stream()
                .map(home -> home.conversion().scree())
                .filter(Objects::nonNull)
                .anyMatch(scree -> part.apply(scree) != null);
    }

    private static String range(List<Double> descending) {
        return String.format(Locale.ROOT, "%.2f to %.2f", descending.get(0), descending.get(descending.size() - 1));
    }

    private static String scree(HomeFigures home, Cell<Scree> cell) {
        Scree scree = home.conversion().scree();
        return scree == null ? "unreadable" : cell.of(scree);
    }

    private static String rejected(Counts counts) {
        return counts.rejected() == 0
                ? "0"
                : Words.count(counts.rejected()) + " (" + Words.percent((double) counts.rejected() / counts.listed())
                        + ")";
    }

    private void rejects() {
        Map<String, Long> reasons = homes.get(0).conversion().counts().rejectedByReason();
        if (reasons.isEmpty()) {
            return;
        }
        String title = "Rejected pictures by reason";
        List<Bar> bars = reasons.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(each -> new Bar(each.getKey(), each.getValue(), Words.count(each.getValue())))
                .toList();
        blocks.figure(title, BarChart.draw(title, bars));
    }

    void axes() {
        List<Series> shares = new ArrayList<>();
        List<Series> sums = new ArrayList<>();
        List<Series> correlations = new ArrayList<>();
        for (int i = 0; i < homes.size(); i++) {
            Scree scree = homes.get(i).conversion().scree();
            if (scree != null && scree.correlations() != null) {
                correlations.add(new Series(names.get(i), i, scree.correlations()));
            } else if (scree != null) {
                shares.add(new Series(
                        names.get(i),
                        i,
                        scree.shares().stream().map(share -> 100 * share).toList()));
                sums.add(new Series(names.get(i), i, sums(scree.shares())));
            }
        }
        if (shares.isEmpty() && correlations.isEmpty()) {
            return;
        }
        blocks.section("Axes of the targets");
        blocks.row();
        if (!shares.isEmpty()) {
            String each = "Share of the variance by axis, in percent";
            blocks.figure(each, LineChart.log(each, "axis", shares), shares);
            String all = "The same, summed up";
            blocks.figure(all, LineChart.linear(all, "axes", sums), sums);
        }
        if (!correlations.isEmpty()) {
            String both = "Correlation of both priors by axis";
            blocks.figure(both, LineChart.linear(both, "axis", correlations), correlations);
        }
        blocks.end();
        blocks.end();
    }

    private static List<Double> sums(List<Double> shares) {
        List<Double> sums = new ArrayList<>();
        double sum = 0;
        for (double share : shares) {
            sum += 100 * share;
            sums.add(sum);
        }
        return sums;
    }

    void losses() {
        if (homes.stream().allMatch(home -> home.losses().epochs().isEmpty())) {
            return;
        }
        blocks.section("Losses");
        blocks.row();
        for (int i = 0; i < homes.size(); i++) {
            if (homes.get(i).losses().histograms() != null) {
                histograms(
                        "Losses, share of the samples in percent",
                        i,
                        homes.get(i).losses().histograms(),
                        "loss");
            }
        }
        blocks.end();
        for (int i = 0; i < homes.size(); i++) {
            if (homes.size() > 1) {
                blocks.heading(names.get(i));
            }
            List<EpochLosses> epochs = homes.get(i).losses().epochs();
            if (epochs.isEmpty()) {
                blocks.say("There are no losses.");
            } else {
                blocks.table(
                        List.of("epoch", "mean", "smallest", "largest", "without", "R²", "mean cosine", "from"),
                        newest(epochs).stream().map(HomeSections::losses).toList());
            }
        }
        blocks.say(
                "R² is the share of the targets' variance that a linear map from the learner's outputs explains on samples that"
                        + " it was not fitted to; below 0.1 the losses mean little.");
        blocks.end();
    }

    /** The last rows of a table that would be too long otherwise. */
    private static <T> List<T> newest(List<T> all) {
        return all.subList(Math.max(0, all.size() - MOST_ROWS), all.size());
    }

    private static List<String> losses(EpochLosses of) {
        return List.of(
                Integer.toString(of.losses().epoch()),
                Words.exact(of.losses().mean()),
                Words.exact(of.losses().smallest()),
                Words.exact(of.losses().largest()),
                Words.count(of.losses().missing()),
                of.transfer() == null ? "–" : Words.exact(of.transfer().r2()),
                of.transfer() == null ? "–" : Words.exact(of.transfer().meanCosine()),
                of.learner() == null ? "a log" : Words.name(of.learner().uri()));
    }

    /** Draws histograms with shares of their own samples: epochs may have different numbers. */
    private void histograms(String what, int home, Histograms of, String xName) {
        String title = homes.size() > 1 ? what + ": " + names.get(home) : what;
        List<Series> shares = new ArrayList<>();
        of.counts().forEach((epoch, counts) -> {
            double all = counts.stream().mapToLong(Long::longValue).sum();
            shares.add(new Series(
                    "epoch " + epoch,
                    colour(home, epoch, of.counts().keySet()),
                    counts.stream().map(count -> 100 * count / Math.max(1, all)).toList()));
        });
        blocks.figure(title, HistogramChart.draw(title, xName, of.bins(), shares), shares);
    }

    /** An epoch has one colour in all charts of a home, where they show few enough of them. */
    private int colour(int home, int epoch, Collection<Integer> own) {
        TreeSet<Integer> all = new TreeSet<>(own);
        Stream.of(
                        homes.get(home).losses().histograms(),
                        homes.get(home).subsets().weights())
                .filter(Objects::nonNull)
                .forEach(shown -> all.addAll(shown.counts().keySet()));
        if (homes.get(home).classes() != null) {
            homes.get(home)
                    .classes()
                    .shown()
                    .forEach(each -> all.addAll(each.subsetShares().keySet()));
        }
        return new TreeSet<>(all.size() <= Series.COLOURS ? all : own)
                .headSet(epoch)
                .size();
    }

    void subsets() {
        HomeFigures home = homes.get(0);
        SubsetFigures subsets = home.subsets();
        if (subsets.epochs().isEmpty()) {
            return;
        }
        blocks.section("Subsets");
        blocks.row();
        if (!subsets.timesSelected().isEmpty()) {
            String title = "How often samples were selected, in "
                    + Words.count(subsets.epochs().size()) + " subsets";
            blocks.figure(title, BarChart.draw(title, Words.times(subsets.timesSelected())));
        }
        if (subsets.weights() != null) {
            histograms("Weights, share of the subset in percent", 0, subsets.weights(), "weight");
        }
        if (home.classes() != null) {
            classes(home.classes());
        }
        blocks.end();
        if (subsets.weights() == null && home.state().complete()) {
            blocks.say("All samples of the subsets weigh the same.");
        }
        long all = Math.max(1, home.conversion().counts().converted());
        blocks.table(
                List.of("epoch", "policy", "samples", "of the set", "mean weight", "mean loss", "losses of"),
                newest(subsets.epochs()).stream()
                        .map(subset -> subset(subset, all))
                        .toList());
        blocks.end();
    }

    private static List<String> subset(EpochSubset of, long all) {
        return List.of(
                Integer.toString(of.epoch()),
                of.policy(),
                Words.count(of.rows()),
                Words.percent((double) of.rows() / all),
                Words.exact(of.weightSum() / Math.max(1, of.rows())),
                of.meanLoss() == null ? "–" : Words.exact(of.meanLoss()),
                of.lossesEpoch() == null ? "–" : "epoch " + of.lossesEpoch());
    }

    private void classes(ClassFigures classes) {
        List<DotChart.Row> rows = classes.shown().stream()
                .map(each -> new DotChart.Row(
                        each.name(),
                        each.share(),
                        List.copyOf(each.subsetShares().values())))
                .toList();
        String title = "Share of the classes: bars of the whole set, dots of the subsets"
                + (classes.classes() > rows.size()
                        ? String.format(
                                Locale.ROOT, " (%d of %,d classes, which differ most)", rows.size(), classes.classes())
                        : "");
        List<Integer> epochs = classes.shown().stream()
                .limit(1)
                .flatMap(each -> each.subsetShares().keySet().stream())
                .toList();
        List<Integer> colours =
                epochs.stream().map(epoch -> colour(0, epoch, epochs)).toList();
        blocks.figure(
                title,
                DotChart.draw(title, rows, colours),
                epochs.stream().map(epoch -> "epoch " + epoch).toList(),
                colours);
    }

    void seconds() {
        List<RecordFigures> records = homes.get(0).records();
        blocks.section("Seconds");
        blocks.row();
        Map<String, RecordFigures> newest = new LinkedHashMap<>();
        records.forEach(record -> newest.put(record.command(), record));
        newest.values().forEach(record -> {
            String title = name(record) + ", seconds by part";
            List<Bar> bars = parts(record).stream()
                    .map(part -> new Bar(part.getKey(), part.getValue(), Words.seconds(part.getValue())))
                    .toList();
            blocks.figure(title, BarChart.draw(title, bars));
        });
        blocks.end();
        blocks.texts(
                List.of("command", "began", "devices", TOTAL, "parts"),
                newest(records).stream().map(HomeSections::record).toList());
        blocks.say(
                "Read, decode, infer and write are summed up over the threads that worked at a time; the others are wall time."
                        + (records.size() > MOST_ROWS
                                ? " The oldest records are left out here; the JSON file has all."
                                : ""));
        blocks.end();
    }

    private static String name(RecordFigures record) {
        return record.command() + (record.epoch() == null ? "" : " of epoch " + record.epoch());
    }

    private static List<String> record(RecordFigures of) {
        return List.of(
                name(of),
                of.start().replaceAll("\\..*", "Z").replace('T', ' '),
                String.join(", ", of.devices()),
                Words.seconds(Objects.requireNonNullElse(of.seconds().get(TOTAL), 0.0)),
                parts(of).stream()
                        .map(part -> part.getKey() + " " + Words.seconds(part.getValue()))
                        .collect(Collectors.joining(", ")));
    }

    private static List<Map.Entry<String, Double>> parts(RecordFigures of) {
        return of.seconds().entrySet().stream()
                .filter(part -> !part.getKey().equals(TOTAL))
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
    }
}
