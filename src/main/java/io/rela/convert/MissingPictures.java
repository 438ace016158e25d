package io.rela.convert;

import io.rela.convert.GonePictures.Entry;
import io.rela.embed.Listed;
import io.rela.home.DatasetHome;
import io.rela.home.TableFiles;
import io.rela.image.RejectReason;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.TableFile;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.source.InputFormat;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableReader;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** The pictures that a finished conversion counted as rejects since they were gone. Driver only. */
final class MissingPictures {
    private static final String GONE = RejectReason.UNREADABLE.label();
    private static final TableSchema COLUMNS = Tables.REJECTS.only(Tables.ID, Tables.URI, Tables.LENGTH, Tables.REASON);

    private final JavaSparkContext spark;
    private final DatasetHome home;
    private final ConversionRecord conversion;
    private final Map<String, Entry> rejects = new HashMap<>();
    private final Set<String> gone = new HashSet<>();

    private MissingPictures(JavaSparkContext spark, DatasetHome home, ConversionRecord conversion) {
        this.spark = spark;
        this.home = home;
        this.conversion = conversion;
    }

    /** Those of a conversion; empty where no picture was gone. */
    static Optional<MissingPictures> of(JavaSparkContext spark, DatasetHome home, ConversionRecord conversion) {
        if (!conversion.counts().rejectedByReason().containsKey(GONE)) {
            return Optional.empty();
        }
        MissingPictures missing = new MissingPictures(spark, home, conversion);
        try {
            missing.readRejects();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(missing);
    }

    private void readRejects() throws IOException {
        for (TableFile file : home.manifest().files(Tables.REJECTS.name(), home.root())) {
            Path path = new Path(home.root(), file.path());
            try (TableReader rows = new TableReader(COLUMNS, path, spark.hadoopConfiguration())) {
                for (Object[] row = rows.next(); row != null; row = rows.next()) {
                    rejects.put((String) row[0], new Entry((String) row[1], (Long) row[2]));
                    if (row[3].equals(GONE)) {
                        gone.add((String) row[0]);
                    }
                }
            }
        }
    }

    /** How many there were. */
    long count() {
        return gone.size();
    }

    /**
     * Whether today's listing is the one that was converted, but for missing pictures and others of the same tar or Parquet
     * file.
     */
    boolean explain(Listed now, Fingerprint is, InputFormat format) {
        if (is.equals(conversion.source())) {
            return true;
        }
        JavaPairRDD<String, Entry> before = GonePictures.entries(
                        spark, TableFiles.open(home, home.manifest(), Tables.TARGETS.name()))
                .union(spark.parallelizePairs(rejects.entrySet().stream()
                        .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
                        .toList()));
        boolean inTables = format == InputFormat.PARQUET;
        Set<String> files = new HashSet<>();
        gone.forEach(id -> files.add(GonePictures.file(rejects.get(id).uri(), inTables)));
        return GonePictures.between(before, conversion.source(), GonePictures.entries(spark, now.files()), is, format)
                .filter(found -> files.containsAll(found.files()))
                .isPresent();
    }

    /**
     * How many of them can be read now.
     *
     * @param now today's listing
     */
    long back(ImageSource source, Listed now) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        Broadcast<Set<String>> wanted = spark.broadcast(gone);
        RangedFiles files = now.files();
        List<IndexRange> ranges = GonePictures.ranges(files);
        try {
            return spark.parallelize(ranges, ranges.size())
                    .map(range -> readable(source, samples(files, range, wanted.value(), hadoop), hadoop))
                    .reduce(Long::sum);
        } finally {
            wanted.destroy();
        }
    }

    private static List<Sample> samples(
            RangedFiles files, IndexRange range, Set<String> wanted, SerializableConfiguration hadoop) {
        List<Sample> samples = new ArrayList<>();
        try (RangedFiles.Rows rows = files.rows(Tables.SAMPLES, range, hadoop.value())) {
            while (rows.hasNext()) {
                Sample sample = Tables.sample(rows.next());
                if (wanted.contains(sample.id())) {
                    samples.add(sample);
                }
            }
        }
        return samples;
    }

    private static long readable(ImageSource source, List<Sample> samples, SerializableConfiguration hadoop)
            throws IOException {
        Patience patience = Patience.of(hadoop.value());
        long readable = 0;
        try (SampleReader reader = source.reader()) {
            for (Sample sample : samples) {
                try {
                    patience.read(() -> reader.read(sample), Patience.SLEEP);
                    readable++;
                } catch (StorageException e) {
                    if (e.kind() != StorageException.Kind.GONE) {
                        throw e;
                    }
                }
            }
        }
        return readable;
    }
}
