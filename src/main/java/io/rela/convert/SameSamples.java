package io.rela.convert;

import io.rela.source.Sample;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.util.List;
import java.util.Objects;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/** Tells whether a listing is, sample by sample, the one that targets and rejects were made of. Driver only. */
final class SameSamples {
    private static final TableSchema REJECTED = Tables.REJECTS.only(Tables.INDEX, Tables.ID, Tables.URI, Tables.LENGTH);

    private SameSamples() {}

    /**
     * Reads all three side by side.
     *
     * @param listing of the source as it is now
     * @param targets of a conversion
     * @param rejects of the same
     */
    static boolean hold(JavaSparkContext spark, RangedFiles listing, RangedFiles targets, RangedFiles rejects) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        long end = Math.max(listing.end(), Math.max(targets.end(), rejects.end()));
        List<IndexRange> ranges = new IndexRange(0, Math.max(1, end)).split();
        return spark.parallelize(ranges, ranges.size())
                .map(range -> hold(listing, targets, rejects, range, hadoop))
                .reduce(Boolean::logicalAnd);
    }

    private static boolean hold(
            RangedFiles listing,
            RangedFiles targets,
            RangedFiles rejects,
            IndexRange range,
            SerializableConfiguration hadoop) {
        try (RangedFiles.Rows listed = listing.rows(Tables.SAMPLES, range, hadoop.value());
                RangedFiles.Rows converted = targets.rows(Tables.SAMPLES, range, hadoop.value());
                RangedFiles.Rows rejected = rejects.rows(REJECTED, range, hadoop.value())) {
            Object[] target = next(converted);
            Object[] reject = next(rejected);
            while (listed.hasNext()) {
                Sample sample = Tables.sample(listed.next());
                if (target != null && Tables.sample(target).equals(sample)) {
                    target = next(converted);
                } else if (reject != null && isOf(reject, sample)) {
                    reject = next(rejected);
                } else {
                    return false;
                }
            }
            return target == null && reject == null;
        }
    }

    private static Object[] next(RangedFiles.Rows rows) {
        return rows.hasNext() ? rows.next() : null;
    }

    private static boolean isOf(Object[] reject, Sample sample) {
        return Objects.equals(reject[0], sample.index())
                && Objects.equals(reject[1], sample.id())
                && Objects.equals(reject[2], sample.uri())
                && Objects.equals(reject[3], sample.length());
    }
}
