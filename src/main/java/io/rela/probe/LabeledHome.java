package io.rela.probe;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.home.FinishedHome;
import io.rela.home.Targets;
import io.rela.run.CommandRun;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A home whose samples have labels. Driver only.
 *
 * @param home the home
 * @param targets that carry the labels
 * @param classes number of samples by class, in the order of the labels
 * @param unlabeled number of samples without a label
 */
record LabeledHome(FinishedHome home, Targets targets, Map<String, Long> classes, long unlabeled) {
    /** What is read of targets. */
    static final TableSchema LABELS = Tables.TARGETS.only(Tables.INDEX, Tables.LABEL, Tables.LABEL_NAME);

    private static final int MOST_NAMED = 5;

    /**
     * Opens it and counts its labels.
     *
     * @param setting that names it
     * @throws RelaException when it is no home, is damaged or has no labels
     */
    static LabeledHome open(CommandRun run, String setting, String uri) {
        FinishedHome home = FinishedHome.open(setting, uri, run.hadoop());
        Targets targets = Targets.open(run, home.home(), home.manifest(), home.conversion());
        Labels labels = labels(run, targets.files());
        Map<String, Long> classes = new LinkedHashMap<>();
        labels.classes().entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getValue().label()))
                .forEach(entry -> classes.put(entry.getKey(), entry.getValue().samples()));
        if (classes.isEmpty()) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    home.name()
                            + " has no labels, which a probe needs. Convert class folders, or name a home of them.");
        }
        return new LabeledHome(home, targets, classes, labels.unlabeled());
    }

    /** Samples of one class, and its smallest number. */
    private record ClassCount(int label, long samples) implements Serializable {
        ClassCount merge(ClassCount other) {
            return new ClassCount(Math.min(label, other.label), samples + other.samples);
        }
    }

    /** Samples by class, in the order of the names, and those of none. */
    private record Labels(TreeMap<String, ClassCount> classes, long unlabeled) implements Serializable {
        Labels merge(Labels other) {
            TreeMap<String, ClassCount> all = new TreeMap<>(classes);
            other.classes.forEach((name, count) -> all.merge(name, count, ClassCount::merge));
            return new Labels(all, unlabeled + other.unlabeled);
        }
    }

    private static Labels labels(CommandRun run, RangedFiles targets) {
        SerializableConfiguration hadoop = new SerializableConfiguration(run.hadoop());
        List<IndexRange> ranges = new IndexRange(0, Math.max(1, targets.end())).split();
        return run.spark()
                .parallelize(ranges, ranges.size())
                .map(range -> labels(targets, range, hadoop.value()))
                .reduce(Labels::merge);
    }

    private static Labels labels(RangedFiles targets, IndexRange range, Configuration hadoop) {
        TreeMap<String, ClassCount> classes = new TreeMap<>();
        long unlabeled = 0;
        try (RangedFiles.Rows rows = targets.rows(LABELS, range, hadoop)) {
            while (rows.hasNext()) {
                Object[] row = rows.next();
                if (row[1] == null) {
                    unlabeled++;
                } else {
                    int label = (Integer) row[1];
                    classes.merge(className(label, (String) row[2]), new ClassCount(label, 1), ClassCount::merge);
                }
            }
        }
        return new Labels(classes, unlabeled);
    }

    /** The name of a class: its number where the source has no names. */
    static String className(int label, String name) {
        return name == null ? String.valueOf(label) : name;
    }

    /** Number of samples with a label. */
    long labeled() {
        return classes.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * The classes of both homes, in the order of this one's labels.
     *
     * @throws RelaException when they are not the same, or fewer than two
     */
    List<String> commonClasses(LabeledHome other) {
        String lacks = lacking(other) + other.lacking(this);
        if (!lacks.isEmpty()) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "The homes have other classes." + lacks + " Name two homes of the same classes.");
        }
        if (classes.size() < 2) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    home.name() + " has samples of one class, "
                            + classes.keySet().iterator().next()
                            + ": a classifier needs two or more. Name homes of more classes.");
        }
        return List.copyOf(classes.keySet());
    }

    /** A sentence about the classes of the other home that this one has no samples of; empty where there are none. */
    private String lacking(LabeledHome other) {
        List<String> missing = new ArrayList<>(other.classes.keySet());
        missing.removeAll(classes.keySet());
        if (missing.isEmpty()) {
            return "";
        }
        String named = missing.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        int more = missing.size() - MOST_NAMED;
        return " " + home.name() + " has no samples of " + named + (more > 0 ? " and " + more + " more" : "") + ".";
    }

    /** Neighbours that cover all samples. */
    List<IndexRange> parts(int number) {
        return new IndexRange(0, targets.files().end()).split(number);
    }
}
