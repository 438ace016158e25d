package io.rela.embed;

import io.rela.run.CommandRun;
import io.rela.run.Printable;
import io.rela.table.RangedFiles;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Runs a model over samples in waves, with a line of progress; too many rejects end the command. Driver only, used once.
 *
 * @param run whose progress this is
 * @param asked what somebody wants
 * @param plan what to do
 * @param samples the listing
 * @param total number of samples
 * @param store keeps the progress
 */
public record Embedding(
        CommandRun run, EmbedRequest asked, EmbedPlan plan, RangedFiles samples, long total, WaveStore<?> store) {
    static final int EXAMPLES = 3;

    /** Does what is left to do; the reports of all waves, in order. */
    public List<TaskReport> reports() {
        Waves waves = new Waves(run.spark(), store, plan.waves());
        long before = waves.before().stream()
                .mapToLong(report -> report.converted() + rejects(List.of(report)))
                .sum();
        Map<String, Long> rejectedBefore = byReason(waves.before());
        if (before > 0) {
            run.warn("Going on where an earlier run stopped: " + before + " of " + total + " pictures are done.");
        }
        Tally tally = Tally.of(run.session().sparkContext());
        EmbedStep step = new EmbedStep(run.spark(), samples, plan.job(), store.places(), tally);
        int tasks = asked.partitions().orElse(2 * run.slots());
        try (Progress progress =
                new Progress(run.command(), run.session().sparkContext(), total, before, sum(rejectedBefore), tally)) {
            List<TaskReport> reports = run.showing(progress::line, () -> {
                List<TaskReport> all = waves.run(
                        step,
                        tasks,
                        () -> refuseTooManyRejects(
                                sum(rejectedBefore, tally.rejected().value()),
                                () -> store.rejectExamples(Optional.empty(), EXAMPLES)));
                progress.settle();
                return all;
            });
            refuseTooManyRejects(byReason(reports), () -> examples(reports));
            return reports;
        }
    }

    /** Number of rejects by reason. */
    public static Map<String, Long> byReason(List<TaskReport> reports) {
        Map<String, Long> byReason = new TreeMap<>();
        reports.forEach(
                report -> report.rejectedByReason().forEach((reason, n) -> byReason.merge(reason, n, Long::sum)));
        return byReason;
    }

    /** Rejects by reason as a person reads them, most first: {@code truncated 12, corrupt 3}. */
    public static String reasons(Map<String, Long> byReason) {
        return byReason.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(reason -> String.format(Locale.ROOT, "%s %,d", reason.getKey(), reason.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** The same behind a number of rejects, in brackets; nothing where there are none. */
    public static String inBrackets(Map<String, Long> byReason) {
        return byReason.isEmpty() ? "" : " (" + reasons(byReason) + ")";
    }

    /** Some of the pictures that were rejected, in source order, and why. */
    public List<String> examples(List<TaskReport> reports) {
        return store.rejectExamples(
                Optional.of(reports.stream()
                        .filter(report -> report.rejects() != null)
                        .sorted(Comparator.comparingLong(
                                report -> report.range().first()))
                        .map(TaskReport::rejects)
                        .toList()),
                EXAMPLES);
    }

    private static long rejects(List<TaskReport> reports) {
        return sum(byReason(reports));
    }

    private static Map<String, Long> sum(Map<String, Long> a, Map<String, Long> b) {
        Map<String, Long> sum = new TreeMap<>(a);
        b.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        return sum;
    }

    static long sum(Map<String, Long> byReason) {
        return byReason.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Ends the command when more samples came to nothing than it allows.
     *
     * @param byReason how many
     * @param examples gives some of them; asked only when there are too many
     */
    public void refuseTooManyRejects(Map<String, Long> byReason, Supplier<List<String>> examples) {
        asked.refuseTooManyRejects(total, byReason, examples);
    }

    /** How many of {@code total} samples a share allows to be rejected. */
    public static long allowed(double maxRejects, long total) {
        return BigDecimal.valueOf(maxRejects)
                .multiply(BigDecimal.valueOf(total))
                .longValue();
    }

    /** Reasons, counts and examples, as every message about rejects has them. */
    public static String told(Map<String, Long> byReason, List<String> examples) {
        return reasons(byReason)
                + (examples.isEmpty()
                        ? ""
                        : "; for example "
                                + examples.stream()
                                        .limit(EXAMPLES)
                                        .map(Printable::line)
                                        .collect(Collectors.joining(", ")));
    }
}
