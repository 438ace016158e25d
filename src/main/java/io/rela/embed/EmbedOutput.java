package io.rela.embed;

import io.rela.image.RejectReason;
import io.rela.metrics.Meters;
import io.rela.source.Sample;
import io.rela.table.IndexRange;
import io.rela.table.TablePlace;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** The files of one embedding task: features, and rejects where there are some. One thread. */
public final class EmbedOutput implements EmbedPipeline.Results<Sample>, AutoCloseable {
    static final String FEATURES = "features";
    public static final String REJECTS = "rejected";

    private final Places places;
    private final String name;
    private final Configuration conf;
    private final Tally tally;
    private final Map<String, Long> rejectedByReason = new TreeMap<>();
    private TableWriter features;
    private TableWriter rejects;
    private long converted;
    private long nanos;

    /**
     * Where the files go. Immutable.
     *
     * @param features takes a file a task
     * @param rejects takes one where there are some
     */
    public record Places(TablePlace features, TablePlace rejects) implements Serializable {}

    EmbedOutput(Places places, String name, Configuration conf, Tally tally) {
        this.places = places;
        this.name = name + ".parquet";
        this.conf = conf;
        this.tally = tally;
    }

    @Override
    public void feature(Sample sample, float[] feature) throws IOException {
        long start = System.nanoTime();
        if (features == null) {
            features = places.features().writer(Tables.FEATURES, name, conf);
        }
        features.write(Tables.featureRow(sample.index(), feature));
        converted++;
        tally.embedded();
        wrote(start);
    }

    @Override
    public void reject(Sample sample, RejectReason reason, String detail) throws IOException {
        if (rejects == null) {
            rejects = places.rejects().writer(Tables.REJECTS, name, conf);
        }
        rejects.write(Tables.rejectRow(sample, reason.label(), detail));
        rejectedByReason.merge(reason.label(), 1L, Long::sum);
        tally.rejected(reason.label());
    }

    @Override
    public String name(Sample sample) {
        return sample.uri();
    }

    /** Completes the files; nothing can be added afterwards. */
    TaskReport report(IndexRange range, Map<String, Double> seconds, String device) throws IOException {
        long start = System.nanoTime();
        String featureFile = complete(features);
        String rejectFile = complete(rejects);
        features = null;
        rejects = null;
        wrote(start);
        Map<String, Double> all = new TreeMap<>(seconds);
        all.put(Meters.Part.WRITE.label(), nanos / 1e9);
        return new TaskReport(range, featureFile, rejectFile, converted, rejectedByReason, all, device);
    }

    private void wrote(long start) {
        long spent = System.nanoTime() - start;
        nanos += spent;
        Meters.ofProcess().spent(Meters.Part.WRITE, spent);
    }

    private String complete(TableWriter writer) throws IOException {
        if (writer == null) {
            return null;
        }
        writer.close();
        return name;
    }

    /** Abandons files that were not completed. */
    @Override
    public void close() throws IOException {
        abandon(features, places.features());
        abandon(rejects, places.rejects());
    }

    private void abandon(TableWriter writer, TablePlace place) throws IOException {
        if (writer != null) {
            try {
                writer.close();
            } finally {
                place.delete(name, conf);
            }
        }
    }
}
