package io.rela.convert;

import io.rela.embed.WavePlan;
import io.rela.projection.Projection;
import io.rela.source.ImageSource;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import java.util.List;
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
     * Writes the table.
     *
     * @param spark the session's context
     * @param samples the listing
     * @param encodedBytes sum of the pictures' lengths
     * @param plan how the samples are cut
     * @param slots tasks that run at a time
     * @param source gives the pictures again when they travel along
     * @param keepImages whether they do
     * @param features what was embedded
     * @param projection what makes targets of features
     * @param folder of the table; replaced
     * @return rows written
     */
    public static long run(
            JavaSparkContext spark,
            RangedFiles samples,
            long encodedBytes,
            WavePlan plan,
            int slots,
            ImageSource source,
            boolean keepImages,
            RangedFiles features,
            Projection projection,
            TableFolder folder) {
        spark.sc().setJobDescription("write targets");
        long bytes = plan.samples() * (OTHER_COLUMNS_BYTES + (long) Float.BYTES * projection.outputDimension())
                + (keepImages ? encodedBytes : 0);
        long files = Math.max(bytes / FILE_BYTES, Math.min(slots, plan.samples() / SMALLEST_TASK));
        List<IndexRange> ranges =
                plan.split(new IndexRange(0, plan.samples()), (int) Math.max(1, Math.min(files, Integer.MAX_VALUE)));
        Broadcast<Projection> axes = spark.broadcast(projection);
        TargetsJob job = new TargetsJob(
                samples,
                source,
                keepImages,
                features,
                axes,
                folder.path().toString(),
                new SerializableConfiguration(spark.hadoopConfiguration()));
        List<TargetsJob.Written> written =
                spark.parallelize(ranges, ranges.size()).map(job::run).collect();
        axes.destroy();
        folder.keepOnly(written.stream().map(TargetsJob.Written::file).toList());
        return written.stream().mapToLong(TargetsJob.Written::rows).sum();
    }
}
