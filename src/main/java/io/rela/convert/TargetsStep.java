package io.rela.convert;

import io.rela.convert.Embedded.Samples;
import io.rela.embed.WavePlan;
import io.rela.moments.FeatureFiles;
import io.rela.projection.Projection;
import io.rela.table.IndexRange;
import io.rela.table.TableFolder;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Writes {@code targets/}: features meet their samples in the task that owns their range. Driver only. */
final class TargetsStep {
    /** Files of this size are large enough to scan and small enough to share out. */
    private static final long FILE_BYTES = 128L << 20;

    /** Below this a file is not worth a task of its own. */
    private static final long SMALLEST_TASK = 2_048;

    private static final int OTHER_COLUMNS_BYTES = 200;

    private TargetsStep() {}

    /**
     * Writes the table.
     *
     * @param spark the session's context
     * @param embedded what targets are made of
     * @param features of the samples, as the projection takes them
     * @param projection what makes targets of features
     * @param slots number of tasks that run at a time
     * @param folder of the table; replaced
     */
    static void run(
            JavaSparkContext spark,
            Embedded embedded,
            FeatureFiles features,
            Projection projection,
            int slots,
            TableFolder folder) {
        WavePlan plan = embedded.features().plan();
        Samples samples = embedded.samples();
        long bytes = plan.samples() * (OTHER_COLUMNS_BYTES + (long) Float.BYTES * projection.outputDimension())
                + (embedded.settings().keepImages() ? embedded.source().bytes() : 0);
        long files = Math.max(bytes / FILE_BYTES, Math.min(slots, plan.samples() / SMALLEST_TASK));
        List<IndexRange> ranges =
                plan.split(new IndexRange(0, plan.samples()), (int) Math.max(1, Math.min(files, Integer.MAX_VALUE)));
        Broadcast<Projection> axes = spark.broadcast(projection);
        TargetsJob job = new TargetsJob(
                samples.files(),
                samples.carryImages(),
                samples.images().orElse(null),
                features,
                axes,
                folder.empty().place(),
                new SerializableConfiguration(spark.hadoopConfiguration()));
        try {
            folder.keepOnly(
                    spark.parallelize(ranges, ranges.size()).map(job::run).collect());
        } finally {
            axes.destroy();
        }
    }
}
