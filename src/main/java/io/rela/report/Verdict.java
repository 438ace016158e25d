package io.rela.report;

import io.rela.embed.Embedding;
import io.rela.manifest.Counts;
import io.rela.manifest.LossesRecord.TransferInfo;
import io.rela.report.HomeFigures.EpochLosses;
import io.rela.report.HomeFigures.RecordFigures;
import io.rela.report.HomeFigures.Scree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a person should know of a home before anything else. Immutable.
 *
 * @param headline in one sentence
 * @param level of the worst item
 * @param items each with its weight
 */
record Verdict(String headline, Level level, List<Item> items) {
    /** Shares of rejects above this are worth a look. */
    private static final double MANY_REJECTS = 0.01;

    private static final int MOST_WARNINGS = 10;

    /** How much an item weighs, ascending. */
    enum Level {
        GOOD,
        NOTE,
        WARNING,
        DAMAGE;

        /** As JSON and the style sheet spell it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One thing to know.
     *
     * @param level its weight
     * @param text a sentence
     */
    record Item(Level level, String text) {}

    /** Judges a home by its figures. */
    static Verdict of(HomeFigures home) {
        List<Item> items = new ArrayList<>();
        state(home, items);
        rejects(home.conversion().counts(), items);
        devices(home, items);
        axes(home.conversion().scree(), items);
        losses(home, items);
        subsets(home, items);
        if (home.classes() == null && home.state().complete()) {
            items.add(new Item(Level.NOTE, "The pictures have no labels."));
        }
        int leftOut = warnings(home, items);
        long damages =
                items.stream().filter(item -> item.level() == Level.DAMAGE).count();
        long warnings =
                items.stream().filter(item -> item.level() == Level.WARNING).count() + leftOut;
        Level worst = items.stream().map(Item::level).max(Level::compareTo).orElse(Level.GOOD);
        String headline = damages > 0
                ? line("Damaged: %s not hold.", damages == 1 ? "one thing does" : damages + " things do")
                : warnings > 0
                        ? line("Whole, with %s.", warnings == 1 ? "one warning" : warnings + " warnings")
                        : "Whole, and nothing to warn of.";
        items.sort(Comparator.comparing(Item::level).reversed());
        return new Verdict(headline, worst, List.copyOf(items));
    }

    private static void state(HomeFigures home, List<Item> items) {
        home.state().broken().forEach(broken -> items.add(new Item(Level.DAMAGE, broken)));
        home.state()
                .unreadable()
                .forEach(part -> items.add(new Item(Level.WARNING, "Left out of this report: " + part)));
        if (home.state().broken().isEmpty()) {
            items.add(new Item(Level.GOOD, "Every invariant of the tables and the manifest holds."));
        }
        if (home.state().unfinished()) {
            items.add(new Item(Level.WARNING, "A convert was begun here and has not ended; the same command goes on."));
        }
    }

    private static void rejects(Counts counts, List<Item> items) {
        if (counts.rejected() == 0) {
            items.add(new Item(Level.GOOD, line("All %,d pictures were converted.", counts.listed())));
            return;
        }
        double share = (double) counts.rejected() / counts.listed();
        items.add(new Item(
                share > MANY_REJECTS ? Level.WARNING : Level.NOTE,
                line(
                        "%,d of %,d pictures were rejected (%.2f%%): %s.",
                        counts.rejected(),
                        counts.listed(),
                        100 * share,
                        Embedding.reasons(counts.rejectedByReason()))));
    }

    private static void devices(HomeFigures home, List<Item> items) {
        TreeSet<String> prior = new TreeSet<>(home.conversion().devices());
        TreeSet<String> learners = new TreeSet<>();
        home.losses().epochs().stream()
                .filter(each -> each.learner() != null)
                .forEach(each -> learners.addAll(each.devices()));
        boolean gpu = Stream.concat(prior.stream(), learners.stream()).anyMatch(device -> device.startsWith("gpu"));
        items.add(
                gpu
                        ? new Item(
                                Level.GOOD,
                                "The prior ran on " + String.join(", ", prior)
                                        + (learners.isEmpty() ? "" : ", learners ran on " + String.join(", ", learners))
                                        + ".")
                        : new Item(Level.NOTE, "No GPU was used: models ran on the CPU."));
    }

    private static void axes(Scree scree, List<Item> items) {
        if (scree == null) {
            return;
        }
        List<Double> correlations = scree.correlations();
        items.add(new Item(
                Level.GOOD,
                correlations == null
                        ? line(
                                "The %d values of a target keep %.1f%% of what the %d of a feature tell.",
                                scree.dimensions(), 100 * scree.share(), scree.inputDimension())
                        : line(
                                "The %d values of a target are what two priors share: their correlations are from %.2f to %.2f.",
                                scree.dimensions(), correlations.get(0), correlations.get(correlations.size() - 1))));
        if (scree.withoutVariance() > 0) {
            items.add(new Item(
                    Level.WARNING, line("%d values are 0 in every target: ask for fewer.", scree.withoutVariance())));
        }
    }

    private static void losses(HomeFigures home, List<Item> items) {
        List<EpochLosses> epochs = home.losses().epochs();
        if (epochs.isEmpty()) {
            items.add(new Item(Level.NOTE, "There are no losses yet: score makes them."));
            return;
        }
        for (EpochLosses each : epochs) {
            int epoch = each.losses().epoch();
            if (each.transfer() != null && each.transfer().explainsLittle()) {
                items.add(new Item(
                        Level.WARNING,
                        line(
                                "The linear map of epoch %d explains next to nothing of the targets (R² %.3f, below %.1f):"
                                        + " losses taken through it tell little of a picture.",
                                epoch, each.transfer().r2(), TransferInfo.LEAST_R2)));
            }
            if (each.losses().smallest() == each.losses().largest()) {
                items.add(new Item(Level.WARNING, line("All losses of epoch %d are the same.", epoch)));
            }
        }
        double worst = epochs.stream()
                .filter(each -> each.transfer() != null)
                .mapToDouble(each -> each.transfer().r2())
                .min()
                .orElse(0);
        if (worst >= TransferInfo.LEAST_R2) {
            items.add(new Item(
                    Level.GOOD, line("Linear maps from learners to targets have an R² of %.2f or more.", worst)));
        }
        EpochLosses newest = epochs.get(epochs.size() - 1);
        items.add(
                newest.losses().missing() > 0
                        ? new Item(
                                Level.WARNING,
                                line(
                                        "%,d samples have no loss in epoch %d.",
                                        newest.losses().missing(),
                                        newest.losses().epoch()))
                        : new Item(
                                Level.GOOD,
                                line(
                                        "Every sample has a loss in epoch %d, the newest scored.",
                                        newest.losses().epoch())));
    }

    private static void subsets(HomeFigures home, List<Item> items) {
        Map<Long, Long> times = home.subsets().timesSelected();
        if (home.subsets().epochs().isEmpty()) {
            items.add(new Item(Level.NOTE, "There are no subsets yet: select makes them."));
        } else if (!times.isEmpty()) {
            long never = times.getOrDefault(0L, 0L);
            int subsets = home.subsets().epochs().size();
            items.add(
                    never == 0
                            ? new Item(Level.GOOD, line("Every sample is in a subset, of %,d.", subsets))
                            : new Item(
                                    Level.NOTE,
                                    line(
                                            "%,d of %,d samples are in none of the %,d subsets.",
                                            never, home.conversion().counts().converted(), subsets)));
        }
    }

    /** Adds what the commands warned of whose work is still there, and gives the number of such warnings that are left out. */
    private static int warnings(HomeFigures home, List<Item> items) {
        // Of these there is an item already.
        Set<String> told = home.losses().epochs().stream()
                .map(EpochLosses::transfer)
                .filter(transfer -> transfer != null && transfer.explainsLittle())
                .map(TransferInfo::warning)
                .collect(Collectors.toSet());
        List<Item> all = home.records().stream()
                .filter(RecordFigures::stands)
                .flatMap(record -> record.warnings().stream()
                        .filter(warning -> !told.contains(warning))
                        .map(warning -> record.command() + " warned: " + warning))
                .distinct()
                .map(text -> new Item(Level.WARNING, text))
                .toList();
        int leftOut = Math.max(0, all.size() - MOST_WARNINGS);
        items.addAll(all.subList(leftOut, all.size()));
        if (leftOut > 0) {
            items.add(new Item(
                    Level.NOTE,
                    leftOut == 1
                            ? "One older warning of a command is left out: it stands in the JSON file."
                            : line(
                                    "%,d older warnings of commands are left out: they stand in the JSON file.",
                                    leftOut)));
        }
        return leftOut;
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
