package io.rela.source;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;

/**
 * All samples of a source, and what was noticed while listing them. Driver only.
 *
 * <p>The samples are kept on the executors' disks until this is closed, so that storage is listed once however often they
 * are evaluated.
 */
public final class Listing implements AutoCloseable {
    /** Number of ids up to which they are collected and compared on the driver: Spark SQL's first use takes seconds. */
    public static final long FEW = 200_000;

    private final JavaRDD<Sample> samples;
    private final long count;
    private final List<String> classNames;
    private final List<String> warnings;
    private final JavaRDD<Row> kept;

    Listing(JavaRDD<Sample> samples, long count, List<String> classNames, List<String> warnings, JavaRDD<Row> kept) {
        this.samples = samples;
        this.count = count;
        this.classNames = List.copyOf(classNames);
        this.warnings = List.copyOf(warnings);
        this.kept = kept;
    }

    /**
     * Index 0 to {@link #count()}-1 without holes, ascending from partition to partition and inside of each; there are as
     * many partitions as the listing had tasks.
     */
    public JavaRDD<Sample> samples() {
        return samples;
    }

    /** Number of samples, at least 1. */
    public long count() {
        return count;
    }

    /** Names by label, those of classes without pictures among them; empty where the source names no classes. */
    public List<String> classNames() {
        return classNames;
    }

    /** One sentence for each thing that a person should know, in a fixed order; mostly empty. */
    public List<String> warnings() {
        return warnings;
    }

    /** Frees the executors' disks. What {@link #samples()} gave must not be evaluated any more. */
    @Override
    public void close() {
        kept.unpersist(false);
    }
}
