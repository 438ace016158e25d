package io.rela.embed;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.run.Sessions;
import io.rela.table.RangedFiles;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;

/**
 * Runs a model over samples in waves, with a line of progress; too many rejects end the command. Driver only, used once.
 *
 * @param command whose progress this is
 * @param session that works
 * @param plan what to do
 * @param samples the listing
 * @param total how many there are
 * @param store keeps the progress
 * @param partitions tasks a wave; null for two a slot
 * @param maxRejects share of the samples
 * @param warn takes what a person should know
 */
public record Embedding(
        String command,
        SparkSession session,
        EmbedPlan plan,
        RangedFiles samples,
        long total,
        WaveStore store,
        Integer partitions,
        double maxRejects,
        Consumer<String> warn) {

    /** Does what is left to do; the reports of all waves, in order. */
    public List<TaskReport> run() {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        Waves waves = new Waves(spark, store, plan.waves());
        long before = waves.before().stream()
                .mapToLong(report -> report.converted() + rejects(List.of(report)))
                .sum();
        long rejectedBefore = rejects(waves.before());
        if (before > 0) {
            warn.accept("Going on where an earlier run stopped: " + before + " of " + total + " pictures are done.");
        }
        LongAccumulator done = session.sparkContext().longAccumulator("rela.done");
        LongAccumulator rejected = session.sparkContext().longAccumulator("rela.rejected");
        EmbedStep step = new EmbedStep(spark, samples, plan.job(), done, rejected);
        int tasks = partitions == null ? 2 * Sessions.slots(spark) : partitions;
        ProgressLine progress =
                new ProgressLine(command, session.sparkContext(), total, before, rejectedBefore, done, rejected);
        try {
            List<TaskReport> reports =
                    waves.run(step, tasks, () -> refuseTooManyRejects(rejectedBefore + rejected.value(), ""));
            refuseTooManyRejects(byReason(reports));
            return reports;
        } finally {
            progress.close();
        }
    }

    /** Rejects by reason. */
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
    void refuseTooManyRejects(Map<String, Long> byReason) {
        refuseTooManyRejects(sum(byReason), " " + byReason);
    }

    private void refuseTooManyRejects(long rejected, String reasons) {
        long allowed = BigDecimal.valueOf(maxRejects)
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
                            maxRejects,
                            allowed));
        }
    }
}
