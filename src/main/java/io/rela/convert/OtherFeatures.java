package io.rela.convert;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.convert.GonePictures.Entry;
import io.rela.embed.Listed;
import io.rela.embed.WavePlan;
import io.rela.home.FinishedHome;
import io.rela.home.TableFiles;
import io.rela.run.CommandRun;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TableSchema;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import io.rela.table.TaskRows;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * The features that another home holds of the same pictures, matched by id. Every picture that is converted here has to have one
 * there: an average of two priors' values cannot be had of one, and targets that are made in another way for some pictures
 * would teach the difference. Driver only.
 */
final class OtherFeatures {
    private static final TableSchema IDS = Tables.SAMPLES.only(Tables.INDEX, Tables.ID);
    private static final TableSchema INDICES = Tables.FEATURES.only(Tables.INDEX);
    private static final int EXAMPLES = 3;

    private final CommandRun run;
    private final FinishedHome other;
    private final SerializableConfiguration hadoop;

    OtherFeatures(CommandRun run, FinishedHome other) {
        this.run = run;
        this.other = other;
        this.hadoop = new SerializableConfiguration(run.hadoop());
    }

    /**
     * Ends the command before any work where the other home lacks pictures of a listing, be it as rejects, and warns of pictures
     * that differ in length.
     *
     * @throws RelaException when it does
     */
    void requireAll(Listed listed) {
        JavaPairRDD<String, Entry> here = GonePictures.entries(run.spark(), listed.files());
        JavaPairRDD<String, Entry> there = GonePictures.entries(run.spark(), table(Tables.TARGETS))
                .union(GonePictures.entries(run.spark(), table(Tables.REJECTS)));
        requireNone(here.subtractByKey(there).keys().takeOrdered(EXAMPLES), () -> here.subtractByKey(there)
                .count());
        long differ = here.join(there)
                .filter(pair -> pair._2()._1().length() != pair._2()._2().length())
                .count();
        if (differ > 0) {
            run.warn(String.format(
                    Locale.ROOT,
                    "Pictures that differ in length from those of %s %s: %,d. They are other pictures by the same names,"
                            + " unless they were encoded anew.",
                    Flag.CONSENSUS,
                    other.home().root(),
                    differ));
        }
    }

    /** Counts what is too much, when it is asked. */
    private interface Count {
        long of();
    }

    private void requireNone(List<String> lacking, Count count) {
        if (!lacking.isEmpty()) {
            throw new RelaException(
                    ExitCode.INPUT,
                    String.format(
                            Locale.ROOT,
                            "%s %s has no feature of %,d of the pictures, such as %s. Convert the same pictures there, or"
                                    + " leave them out of %s.",
                            Flag.CONSENSUS,
                            other.home().root(),
                            count.of(),
                            String.join(", ", lacking),
                            Flag.INPUT));
        }
    }

    /**
     * The other home's features by this home's indices, as files that are read beside its features.
     *
     * @param embedded what is converted here
     * @param folder takes the files; emptied
     * @throws RelaException when a picture that is converted here has no feature there
     */
    RangedFiles aligned(Embedded embedded, TableFolder folder) {
        JavaPairRDD<String, Long> here = converted(
                run.spark(), embedded.samples().files(), embedded.features().files());
        JavaPairRDD<String, float[]> there = features(run.spark());
        WavePlan plan = embedded.features().plan();
        Ranges ranges = new Ranges(plan, run.slots());
        String path = folder.empty().path().toString();
        SerializableConfiguration conf = hadoop;
        List<RangedFiles.File> files = here.join(there)
                .mapToPair(pair -> new Tuple2<>(pair._2()._1(), pair._2()._2()))
                .repartitionAndSortWithinPartitions(ranges)
                .mapPartitions(rows -> write(rows, path, conf.value()))
                .collect();
        RangedFiles aligned = RangedFiles.of(files);
        if (aligned.rows() < embedded.features().counts().converted()) {
            JavaPairRDD<String, Long> lacking = here.subtractByKey(there);
            requireNone(lacking.keys().takeOrdered(EXAMPLES), lacking::count);
        }
        return aligned;
    }

    /** Ids and indices of the samples that have a feature. */
    private JavaPairRDD<String, Long> converted(JavaSparkContext spark, RangedFiles samples, RangedFiles features) {
        SerializableConfiguration conf = hadoop;
        List<IndexRange> ranges = GonePictures.ranges(samples);
        return spark.parallelize(ranges, ranges.size())
                .flatMap(range -> {
                    Beside rows = new Beside(
                            samples.rows(IDS, range, conf.value()), features.rows(INDICES, range, conf.value()));
                    return TaskRows.of(rows, rows::close, row -> new Tuple2<>(row.id(), row.index()));
                })
                .mapToPair(pair -> pair);
    }

    private JavaPairRDD<String, float[]> features(JavaSparkContext spark) {
        SerializableConfiguration conf = hadoop;
        RangedFiles targets = table(Tables.TARGETS);
        RangedFiles features = table(Tables.FEATURES);
        List<IndexRange> ranges = GonePictures.ranges(targets);
        return spark.parallelize(ranges, ranges.size())
                .flatMap(range -> {
                    Beside rows = new Beside(
                            targets.rows(IDS, range, conf.value()),
                            features.rows(Tables.FEATURES, range, conf.value()));
                    return TaskRows.of(rows, rows::close, row -> new Tuple2<>(row.id(), (float[]) row.feature()[1]));
                })
                .mapToPair(pair -> pair);
    }

    private RangedFiles table(TableSchema schema) {
        return TableFiles.listed(other.home(), other.manifest(), schema.name());
    }

    private static Iterator<RangedFiles.File> write(
            Iterator<Tuple2<Long, float[]>> rows, String folder, Configuration conf) throws IOException {
        if (!rows.hasNext()) {
            return Collections.emptyIterator();
        }
        String file = new Path(folder, "part-" + UUID.randomUUID() + ".parquet").toString();
        Tuple2<Long, float[]> row = rows.next();
        long first = row._1();
        try (TableWriter writer = new TableWriter(Tables.FEATURES, new Path(file), conf)) {
            writer.write(Tables.featureRow(row._1(), row._2()));
            while (rows.hasNext()) {
                row = rows.next();
                writer.write(Tables.featureRow(row._1(), row._2()));
            }
            return Collections.singleton(new RangedFiles.File(file, new IndexRange(first, row._1() + 1), writer.rows()))
                    .iterator();
        }
    }

    /** Samples of which there is a feature, with the row of that. One thread; to be closed. */
    private record Beside(RangedFiles.Rows samples, RangedFiles.Rows features)
            implements Iterator<Beside.Found>, AutoCloseable {
        record Found(String id, long index, Object[] feature) {}

        @Override
        public boolean hasNext() {
            return features.hasNext();
        }

        @Override
        public Found next() {
            Object[] feature = features.next();
            while (samples.hasNext()) {
                Object[] sample = samples.next();
                if (sample[0].equals(feature[0])) {
                    return new Found((String) sample[1], (Long) sample[0], feature);
                }
            }
            throw new IllegalStateException("There is no sample " + feature[0] + ", which has a feature");
        }

        @Override
        public void close() {
            samples.close();
            features.close();
        }
    }

    /** Contiguous ranges of indices. */
    private static final class Ranges extends Partitioner implements Serializable {
        private static final long serialVersionUID = 1L;

        private final long each;
        private final int parts;

        Ranges(WavePlan plan, int slots) {
            List<IndexRange> ranges = plan.split(new IndexRange(0, plan.samples()), slots);
            this.each = ranges.get(0).size();
            this.parts = (int) ((plan.samples() - 1) / each + 1);
        }

        @Override
        public int numPartitions() {
            return parts;
        }

        @Override
        public int getPartition(Object index) {
            return (int) ((Long) index / each);
        }
    }
}
