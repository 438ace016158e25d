package io.rela.embed;

import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** Embeds one wave: a task reads the samples of its range, and nothing is shuffled. Driver only; safe for threads. */
public final class EmbedStep {
    private final JavaSparkContext spark;
    private final RangedFiles samples;
    private final EmbedJob job;
    private final EmbedOutput.Places places;
    private final Tally tally;

    /**
     * @param samples the listing: files that have the columns of {@link io.rela.table.Tables#SAMPLES}
     * @param job what every task does
     * @param places where tasks leave their files
     * @param tally counts samples; no range counts twice
     */
    EmbedStep(JavaSparkContext spark, RangedFiles samples, EmbedJob job, EmbedOutput.Places places, Tally tally) {
        this.spark = spark;
        this.samples = samples;
        this.job = job;
        this.places = places;
        this.tally = tally;
    }

    /**
     * Runs one Spark job over neighbouring ranges.
     *
     * @return one report per range, in their order; only the files that are named in them count
     */
    public List<TaskReport> run(List<IndexRange> ranges) {
        EmbedJob embed = job;
        EmbedOutput.Places into = places;
        RangedFiles listing = samples;
        Tally counts = tally;
        return spark.parallelize(ranges, ranges.size())
                .map(range -> embed.run(range, listing, into, counts))
                .collect();
    }
}
