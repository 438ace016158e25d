package io.rela.embed;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.run.CommandRun;
import io.rela.table.RangedFiles;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.LongAccumulator;

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

    /** Does what is left to do; the reports of all waves, in order. */
    public List<TaskReport> reports() {
        Waves waves = new Waves(run.spark(), store, plan.waves());
        long before = waves.before().stream()
                .mapToLong(report -> report.converted() + rejects(List.of(report)))
                .sum();
        long rejectedBefore = rejects(waves.before());
        if (before > 0) {
            run.warn("Going on where an earlier run stopped: " + before + " of " + total + " pictures are done.");
        }
        LongAccumulator done = run.session().sparkContext().longAccumulator("rela.done");
        LongAccumulator rejected = run.session().sparkContext().longAccumulator("rela.rejected");
        EmbedStep step = new EmbedStep(run.spark(), samples, plan.job(), done, rejected);
        int tasks = asked.partitions().orElse(2 * run.slots());
        try (Progress progress = new Progress(
                run.command(), run.session().sparkContext(), total, before, rejectedBefore, done, rejected)) {
            List<TaskReport> reports = run.showing(progress::line, () -> {
                List<TaskReport> all =
                        waves.run(step, tasks, () -> refuseTooManyRejects(rejectedBefore + rejected.value(), ""));
                progress.settle();
                return all;
            });
            refuseTooManyRejects(byReason(reports));
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

    private static long rejects(List<TaskReport> reports) {
        return sum(byReason(reports));
    }

    private static long sum(Map<String, Long> byReason) {
        return byReason.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Ends the command when more samples came to nothing than it allows. */
    public void refuseTooManyRejects(Map<String, Long> byReason) {
        refuseTooManyRejects(sum(byReason), " " + byReason);
    }

    private void refuseTooManyRejects(long rejected, String reasons) {
        long allowed = BigDecimal.valueOf(asked.maxRejects())
                .multiply(BigDecimal.valueOf(total))
                .longValue();
        if (rejected > allowed) {
            throw new RelaException(
                    ExitCode.REJECTS,
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d pictures are rejected%s, --max-rejects %s allows %,d. Look at the input, or allow"
                                    + " more.",
                            rejected,
                            total,
                            reasons,
                            asked.maxRejects(),
                            allowed));
        }
    }
}
