package io.rela.report;

import io.rela.report.HomeFigures.ClassShare;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Samples by class, of the whole set and of subsets. Immutable.
 *
 * @param labeled number of samples with a label
 * @param classes number of different labels
 * @param whole samples of the most common classes, by label
 * @param subsets the same of some subsets, by epoch
 * @param labeledRows number of all samples with a label of these subsets, by epoch
 */
record ClassCounts(
        long labeled,
        long classes,
        SortedMap<Integer, Long> whole,
        SortedMap<Integer, Map<Integer, Long>> subsets,
        Map<Integer, Long> labeledRows) {
    /** Rows that a person reads through. */
    static final int MOST_SHOWN = 20;

    /** Shares of the classes to show, by label: all of few; of many those whose share in a subset differs most, then the largest. */
    List<ClassShare> shown(List<String> names) {
        return whole.keySet().stream()
                .map(label -> share(label, names))
                .sorted(Comparator.comparingDouble((ClassShare each) -> -difference(each))
                        .thenComparing(each -> -each.samples())
                        .thenComparing(ClassShare::label))
                .limit(MOST_SHOWN)
                .sorted(Comparator.comparing(ClassShare::label))
                .toList();
    }

    private ClassShare share(int label, List<String> names) {
        Map<Integer, Double> shares = new LinkedHashMap<>();
        new TreeMap<>(subsets)
                .forEach((epoch, counts) -> shares.put(
                        epoch, (double) counts.getOrDefault(label, 0L) / Math.max(1, labeledRows.get(epoch))));
        return new ClassShare(
                label,
                label >= 0 && label < names.size() ? names.get(label) : "class " + label,
                whole.get(label),
                (double) whole.get(label) / labeled,
                shares);
    }

    private static double difference(ClassShare of) {
        return of.subsetShares().values().stream()
                .mapToDouble(share -> Math.abs(share - of.share()))
                .max()
                .orElse(0);
    }
}
