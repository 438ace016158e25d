package io.rela.convert;

import io.rela.embed.Listed;
import io.rela.source.Listing;
import io.rela.source.Sample;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes a listing as a table of {@link Tables#SAMPLES}, of which a task reads only its range: each of the listing's tasks
 * writes what it has listed, so samples go nowhere. Without Spark SQL, whose first use takes seconds. Driver only.
 */
public final class ListingStep {
    private ListingStep() {}

    /** What one task wrote: a file that is not reported here does not count. */
    private record Part(RangedFiles.File file, long bytes) implements Serializable {}

    /**
     * Writes the table.
     *
     * @param folder empty
     */
    public static Listed run(JavaSparkContext spark, Listing listing, TableFolder folder) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        String path = folder.path().toString();
        List<Part> parts = listing.samples()
                .mapPartitions(samples -> write(samples, path, hadoop.value()))
                .collect();
        RangedFiles files = RangedFiles.of(parts.stream().map(Part::file).toList());
        if (files.rows() != listing.count()) {
            throw new IllegalStateException(files.rows() + " samples were written of " + listing.count());
        }
        return new Listed(files, parts.stream().mapToLong(Part::bytes).sum(), listing.classNames());
    }

    private static Iterator<Part> write(Iterator<Sample> samples, String folder, Configuration conf)
            throws IOException {
        if (!samples.hasNext()) {
            return Collections.emptyIterator();
        }
        String file = new Path(folder, "part-" + UUID.randomUUID() + ".parquet").toString();
        Sample sample = samples.next();
        long first = sample.index();
        long bytes = sample.length();
        long rows;
        try (TableWriter writer = new TableWriter(Tables.SAMPLES, new Path(file), conf)) {
            writer.write(Tables.sampleRow(sample));
            while (samples.hasNext()) {
                sample = samples.next();
                writer.write(Tables.sampleRow(sample));
                bytes += sample.length();
            }
            rows = writer.rows();
        }
        IndexRange range = new IndexRange(first, sample.index() + 1);
        return Collections.singleton(new Part(new RangedFiles.File(file, range, rows), bytes))
                .iterator();
    }
}
