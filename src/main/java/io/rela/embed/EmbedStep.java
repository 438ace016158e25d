package io.rela.embed;

import io.rela.table.IndexRange;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;

/**
 * Embeds one wave: the wave's samples, a few hundred bytes each, go to the task that owns their range; pictures and
 * features go nowhere. Driver only; safe for threads.
 */
public final class EmbedStep {
    private final Dataset<Row> samples;
    private final EmbedJob job;
    private final LongAccumulator done;
    private final LongAccumulator rejected;

    /**
     * @param samples the listing
     * @param job what every task does
     * @param done counts samples as they are embedded or rejected; retried tasks count twice
     * @param rejected counts rejects the same way
     */
    public EmbedStep(Dataset<Row> samples, EmbedJob job, LongAccumulator done, LongAccumulator rejected) {
        this.samples = samples;
        this.job = job;
        this.done = done;
        this.rejected = rejected;
    }

    /**
     * Runs one Spark job over neighbouring ranges.
     *
     * @return one report a range, in their order; only the files that are named in them count
     */
    public List<TaskReport> run(List<IndexRange> ranges) {
        EmbedJob embed = job;
        LongAccumulator doneSoFar = done;
        LongAccumulator rejectedSoFar = rejected;
        return SampleRanges.of(samples, ranges)
                .mapPartitionsWithIndex(
                        (task, rows) -> List.of(embed.run(ranges.get(task), rows, doneSoFar, rejectedSoFar))
                                .iterator(),
                        true)
                .collect();
    }
}
