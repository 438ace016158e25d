package io.rela.convert;

import io.rela.source.Fingerprint;
import io.rela.source.InputFormat;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import io.rela.table.TaskRows;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Pictures that one listing has and a later one has not. Driver only.
 *
 * @param count how many
 * @param files that they lay in: of a folder each its own, else shards or Parquet files
 */
record GonePictures(long count, Set<String> files) {
    /** What a listing and the targets have in common. */
    private static final TableSchema COLUMNS = Tables.SAMPLES.only(Tables.INDEX, Tables.ID, Tables.URI, Tables.LENGTH);

    /** A picture as two listings can be compared by it. */
    record Entry(String uri, long length) implements Serializable {}

    private record Part(long count, long bytes, Set<String> files) implements Serializable {}

    /**
     * Compares two listings.
     *
     * @param before by id, of {@code was.count()} pictures
     * @return what is gone; empty where the later listing has anything that the earlier one has not
     */
    static Optional<GonePictures> between(
            JavaPairRDD<String, Entry> before,
            Fingerprint was,
            JavaPairRDD<String, Entry> now,
            Fingerprint is,
            InputFormat format) {
        if (is.count() >= was.count()) {
            return Optional.empty();
        }
        boolean inTables = format == InputFormat.PARQUET;
        List<Part> parts = before.subtractByKey(now)
                .values()
                .mapPartitions(gone -> List.of(part(gone, inTables)).iterator())
                .collect();
        long count = parts.stream().mapToLong(Part::count).sum();
        long bytes = parts.stream().mapToLong(Part::bytes).sum();
        if (count != was.count() - is.count() || bytes != was.bytes() - is.bytes()) {
            return Optional.empty();
        }
        Set<String> files = new TreeSet<>();
        parts.forEach(part -> files.addAll(part.files()));
        return Optional.of(new GonePictures(count, files));
    }

    private static Part part(Iterator<Entry> gone, boolean inTables) {
        long count = 0;
        long bytes = 0;
        Set<String> files = new HashSet<>();
        while (gone.hasNext()) {
            Entry entry = gone.next();
            count++;
            bytes += entry.length();
            files.add(file(entry.uri(), inTables));
        }
        return new Part(count, bytes, files);
    }

    /** The file of a picture's uri. */
    static String file(String uri, boolean inTables) {
        return inTables ? uri.substring(0, uri.lastIndexOf('#')) : uri;
    }

    /** The pictures of a listing, or of the targets, by id. */
    static JavaPairRDD<String, Entry> entries(JavaSparkContext spark, RangedFiles files) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        List<IndexRange> ranges = ranges(files);
        return spark.parallelize(ranges, ranges.size())
                .flatMap(range -> {
                    RangedFiles.Rows rows = files.rows(COLUMNS, range, hadoop.value());
                    return TaskRows.of(
                            rows,
                            rows::close,
                            row -> new Tuple2<>((String) row[1], new Entry((String) row[2], (Long) row[3])));
                })
                .mapToPair(entry -> entry);
    }

    /** One range per task. */
    static List<IndexRange> ranges(RangedFiles files) {
        return new IndexRange(0, Math.max(1, files.end())).split();
    }
}
