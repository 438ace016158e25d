package io.rela.convert;

import io.rela.Digests;
import io.rela.embed.Listed;
import io.rela.source.Fingerprint;
import io.rela.source.Listing;
import io.rela.source.Sample;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import io.rela.table.TaskRows;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Tells one source from another. */
final class Fingerprints {
    private static final TableSchema COLUMNS = Tables.SAMPLES.only(Tables.INDEX, Tables.ID);
    private static final int ID = 1;

    private Fingerprints() {}

    /** Sorted by UTF-8, which is by code point; of many, one partition at a time is on the driver. */
    static Fingerprint of(SparkSession session, Listed listed) {
        return of(session, listed, Listing.FEW);
    }

    /** The same, where {@code few} says how many ids are sorted on the driver. */
    static Fingerprint of(SparkSession session, Listed listed, long few) {
        long count = listed.files().rows();
        JavaRDD<String> ids = ids(JavaSparkContext.fromSparkContext(session.sparkContext()), listed.files(), count);
        return of(session, ids, count, listed.bytes(), few);
    }

    /** That of a listing of which no table was written. */
    static Fingerprint of(SparkSession session, Listing listing) {
        return of(
                session,
                listing.samples().map(Sample::id),
                listing.count(),
                listing.samples().map(Sample::length).fold(0L, Long::sum),
                Listing.FEW);
    }

    private static Fingerprint of(SparkSession session, JavaRDD<String> ids, long count, long bytes, long few) {
        MessageDigest digest = Digests.sha256();
        Iterator<byte[]> sorted = count <= few ? sortedHere(ids) : sortedThere(session, ids);
        while (sorted.hasNext()) {
            digest.update(sorted.next());
            digest.update((byte) '\n');
        }
        return new Fingerprint(count, bytes, Digests.hex(digest.digest()));
    }

    private static JavaRDD<String> ids(JavaSparkContext spark, RangedFiles files, long count) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        List<IndexRange> ranges = new IndexRange(0, count).split();
        return spark.parallelize(ranges, ranges.size()).flatMap(range -> read(files, range, hadoop));
    }

    private static Iterator<String> read(RangedFiles files, IndexRange range, SerializableConfiguration hadoop) {
        RangedFiles.Rows rows = files.rows(COLUMNS, range, hadoop.value());
        return TaskRows.of(rows, rows::close, row -> (String) row[ID]);
    }

    private static Iterator<byte[]> sortedHere(JavaRDD<String> ids) {
        return ids.collect().stream()
                .map(id -> id.getBytes(StandardCharsets.UTF_8))
                .sorted(Arrays::compareUnsigned)
                .iterator();
    }

    private static Iterator<byte[]> sortedThere(SparkSession session, JavaRDD<String> ids) {
        Iterator<String> sorted = session.createDataset(ids.rdd(), Encoders.STRING())
                .sort("value")
                .toLocalIterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return sorted.hasNext();
            }

            @Override
            public byte[] next() {
                return sorted.next().getBytes(StandardCharsets.UTF_8);
            }
        };
    }
}
