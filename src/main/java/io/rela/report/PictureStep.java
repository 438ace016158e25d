package io.rela.report;

import io.rela.image.UndecodableImageException;
import io.rela.source.ImageSource;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import io.rela.table.EncodedImage;
import io.rela.table.RangedFiles;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.IOUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Fetches a few pictures and makes them small, where tasks run. A picture that cannot be had is told with its reason: it is tried
 * once, since a report is worth no waiting. Driver only.
 */
final class PictureStep {
    private static final int TASKS = 4;
    private static final long MOST_BYTES = 64L << 20;

    private final JavaSparkContext spark;
    private final SerializableConfiguration hadoop;

    PictureStep(JavaSparkContext spark) {
        this.spark = spark;
        this.hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
    }

    /**
     * The pictures of samples.
     *
     * @param targets the files of {@code targets/}
     * @param kept whether the pictures lie in them
     * @param source where they lie otherwise; empty where it cannot be read
     * @param ascending indices of the samples, each once
     * @return by index
     */
    Map<Long, Tile> samples(RangedFiles targets, boolean kept, Optional<ImageSource> source, long[] ascending) {
        List<long[]> parts = new ArrayList<>();
        int size = Math.max(1, (ascending.length + TASKS - 1) / TASKS);
        for (int from = 0; from < ascending.length; from += size) {
            parts.add(Arrays.copyOfRange(ascending, from, Math.min(ascending.length, from + size)));
        }
        if (parts.isEmpty()) {
            return Map.of();
        }
        SerializableConfiguration conf = hadoop;
        ImageSource from = source.orElse(null);
        return byIndex(spark.parallelize(parts, parts.size())
                .flatMap(part -> tiles(targets, kept, from, part, conf.value()).iterator())
                .collect());
    }

    /** The losses of samples, by index; of those that have one. The indices ascend, each once. */
    Map<Long, Float> losses(RangedFiles losses, long[] ascending) {
        Map<Long, Float> found = new TreeMap<>();
        try (RangedFiles.Rows rows = losses.rows(Tables.LOSSES, ascending, hadoop.value())) {
            while (rows.hasNext()) {
                Object[] row = rows.next();
                found.put((Long) row[0], (Float) row[1]);
            }
        }
        return found;
    }

    /** What can be shown of samples that were rejected, by index. */
    Map<Long, Tile> rejects(Optional<ImageSource> source, List<Sample> samples) {
        if (samples.isEmpty()) {
            return Map.of();
        }
        ImageSource from = source.orElse(null);
        return byIndex(spark.parallelize(samples, Math.min(TASKS, samples.size()))
                .mapPartitions(part -> {
                    List<Tile> tiles = new ArrayList<>();
                    Thumbnail thumbnail = new Thumbnail();
                    SampleReader reader = from == null ? null : from.reader();
                    try {
                        part.forEachRemaining(sample -> tiles.add(tile(sample, null, reader, thumbnail)));
                    } finally {
                        close(reader);
                    }
                    return tiles.iterator();
                })
                .collect());
    }

    private static Map<Long, Tile> byIndex(List<Tile> tiles) {
        Map<Long, Tile> byIndex = new TreeMap<>();
        tiles.forEach(tile -> byIndex.put(tile.index(), tile));
        return byIndex;
    }

    private static List<Tile> tiles(
            RangedFiles targets, boolean kept, ImageSource source, long[] indices, Configuration conf)
            throws IOException {
        List<Tile> tiles = new ArrayList<>();
        TableSchema columns = kept ? Tables.SAMPLES_WITH_IMAGES : Tables.SAMPLES;
        Thumbnail thumbnail = new Thumbnail();
        SampleReader reader = source == null ? null : source.reader();
        try (RangedFiles.Rows rows = targets.rows(columns, indices, conf)) {
            while (rows.hasNext()) {
                Object[] row = rows.next();
                EncodedImage image = kept ? Tables.image(row) : null;
                tiles.add(tile(Tables.sample(row), image, reader, thumbnail));
            }
        } finally {
            close(reader);
        }
        return tiles;
    }

    /** Closes a reader of which nothing more is wanted: what it has read is there even where this fails. */
    static void close(SampleReader reader) {
        if (reader != null) {
            IOUtils.cleanupWithLogger(null, reader::close);
        }
    }

    /** @param reader of the source; null where it cannot be read */
    static Tile tile(Sample sample, EncodedImage kept, SampleReader reader, Thumbnail thumbnail) {
        if (sample.length() > MOST_BYTES) {
            return Tile.unseen(sample, "too large for a report");
        }
        if (kept == null && reader == null) {
            return Tile.unseen(sample, "not at hand");
        }
        try {
            return Tile.shown(sample, thumbnail.of(kept == null ? reader.read(sample) : kept.bytes()));
        } catch (UndecodableImageException e) {
            return Tile.unseen(sample, "cannot be decoded");
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
            // Whatever a source says of one picture, the report goes on without it.
            return Tile.unseen(sample, "cannot be read");
        }
    }
}
