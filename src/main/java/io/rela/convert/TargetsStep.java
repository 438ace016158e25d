package io.rela.convert;

import io.rela.embed.WavePlan;
import io.rela.projection.Projection;
import io.rela.source.ImageSource;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Writes {@code targets/}: features meet their samples in the task that owns their range. Driver only. */
public final class TargetsStep {
    /** Files of this size are large enough to scan and small enough to share out. */
    private static final long FILE_BYTES = 128L << 20;

    /** Below this a file is not worth a task of its own. */
    private static final long SMALLEST_TASK = 2_048;

    private static final int OTHER_COLUMNS_BYTES = 200;

    private TargetsStep() {}

    /**
     * What targets are made of.
     *
     * @param samples the listing
     * @param encodedBytes sum of the pictures' lengths
     * @param plan how the samples are cut
     * @param pictures gives the pictures again when they travel along; else empty
     * @param features what was embedded
     * @param projection what makes targets of features
     */
    public record Given(
            RangedFiles samples,
            long encodedBytes,
            WavePlan plan,
            Optional<ImageSource> pictures,
            RangedFiles features,
            Projection projection) {}

    /**
     * Writes the table.
     *
     * @param spark the session's context
     * @param slots number of tasks that run at a time
     * @param folder of the table; replaced
     */
    public static void run(JavaSparkContext spark, Given given, int slots, TableFolder folder) {
        WavePlan plan = given.plan();
        long bytes = plan.samples()
                        * (OTHER_COLUMNS_BYTES
                                + (long) Float.BYTES * given.projection().outputDimension())
                + (given.pictures().isPresent() ? given.encodedBytes() : 0);
        long files = Math.max(bytes / FILE_BYTES, Math.min(slots, plan.samples() / SMALLEST_TASK));
        List<IndexRange> ranges =
                plan.split(new IndexRange(0, plan.samples()), (int) Math.max(1, Math.min(files, Integer.MAX_VALUE)));
        Broadcast<Projection> axes = spark.broadcast(given.projection());
        TargetsJob job = new TargetsJob(
                given.samples(),
                given.pictures().orElse(null),
                given.features(),
                axes,
                folder.empty().path().toString(),
                new SerializableConfiguration(spark.hadoopConfiguration()));
        try {
            folder.keepOnly(
                    spark.parallelize(ranges, ranges.size()).map(job::run).collect());
        } finally {
            axes.destroy();
        }
    }
}
