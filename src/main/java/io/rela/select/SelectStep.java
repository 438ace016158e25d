package io.rela.select;

import io.rela.rank.Draw;
import io.rela.rank.ExactSum;
import io.rela.rank.Rule;
import io.rela.rank.Stand;
import io.rela.source.ImageSource;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes a subset. The rule runs where the samples' numbers lie; the same task fetches the wide rows of what it has chosen, in
 * one pass over its share of the targets' files, and sends them to the task that writes their file: Spark holds each chosen
 * row on a local disk for as long as the step runs. So every file of the targets is opened by the one or two tasks whose samples it has, however many
 * files are written. Pictures that the targets do not carry are fetched where they are written. Within a file rows stand in the
 * order of {@code xxhash64(seed, 'order', epoch, index)}. Driver only.
 */
public final class SelectStep {
    /** Files of this size, before compression, are large enough to scan and fit into a task's memory. */
    private static final long FILE_BYTES = 96L << 20;

    /** Readers share files out among themselves: some, where there are rows for them. */
    private static final int USUAL_FILES = 8;

    private static final long SMALLEST_FILE = 4_096;
    private static final int NARROW_BYTES = 16;

    private SelectStep() {}

    /**
     * A subset as it was written.
     *
     * @param rows in all files
     * @param files how many
     * @param meanLoss of the rows that have one; NaN of none
     * @param weights their sum
     * @param withLoss number of rows that have a loss
     */
    public record Subset(long rows, int files, double meanLoss, double weights, long withLoss) {}

    /**
     * Where wide rows come from.
     *
     * @param columns that the subset has
     * @param targets the table of targets
     * @param dimension values a target
     * @param kept whether the targets carry the pictures
     * @param source gives pictures that the targets do not carry
     * @param encodedBytes of all pictures together
     */
    public record Wide(
            Columns columns,
            RangedFiles targets,
            int dimension,
            boolean kept,
            Optional<ImageSource> source,
            long encodedBytes) {
        /** About the bytes of a row. */
        long rowBytes() {
            return switch (columns) {
                case INDEX -> NARROW_BYTES;
                case TARGETS -> Tables.targetBytes(dimension);
                case IMAGES -> Tables.targetBytes(dimension) + encodedBytes / Math.max(1, targets.rows());
            };
        }
    }

    /**
     * Runs the rule and writes what it chooses.
     *
     * @param scores what the rule sees
     * @param ranges neighbours that cover all samples, one a task; the result does not depend on them
     * @param settled the rule
     * @param wide where the other columns come from
     * @param asked number of files that rows are shared out to, at least 1; empty for as many as their size makes
     * @param folder of the table; replaced
     */
    public static Subset run(
            JavaSparkContext spark,
            ScoreFiles scores,
            List<IndexRange> ranges,
            Selection.Settled settled,
            Wide wide,
            Optional<Integer> asked,
            TableFolder folder) {
        Selection selection = settled.selection();
        long expected = settled.policy().declaration().takesRatio() ? selection.wanted() : selection.samples();
        int files = asked.orElseGet(() -> files(expected, wide.rowBytes()));
        Draw order = new Draw(selection.seed(), "order", selection.epoch());
        FileOf fileOf = new FileOf(scores.range().end(), files, order);
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        SubsetJob job = new SubsetJob(
                wide.columns(),
                wide.targets(),
                wide.kept(),
                wide.source().orElse(null),
                order,
                folder.empty().place(),
                hadoop);
        Rule rule = settled.rule();
        Stand stand = settled.stand();
        JavaPairRDD<Integer, Chosen.Part> parts = spark.parallelize(ranges, ranges.size())
                .flatMapToPair(
                        range -> job.parts(taker -> choose(scores, range, rule, stand, hadoop, taker), fileOf, files))
                .partitionBy(new ByNumber(files));
        try {
            List<SubsetJob.Written> written = new ArrayList<>(parts.mapPartitionsWithIndex(
                            (file, some) -> {
                                List<Chosen.Part> mine = new ArrayList<>();
                                some.forEachRemaining(part -> mine.add(part._2()));
                                return (mine.isEmpty()
                                                ? List.<SubsetJob.Written>of()
                                                : List.of(job.write(file, new Chosen.Whole(mine))))
                                        .iterator();
                            },
                            false)
                    .collect());
            written.sort(Comparator.comparingInt(SubsetJob.Written::number));
            folder.keepOnly(written.stream().map(SubsetJob.Written::file).toList());
            return subset(written);
        } finally {
            // Rows that travelled lie on local disks until somebody notices that nobody wants them.
            parts.rdd().cleanShuffleDependencies(true);
        }
    }

    private static void choose(
            ScoreFiles scores,
            IndexRange range,
            Rule rule,
            Stand stand,
            SerializableConfiguration hadoop,
            SubsetJob.Taker taker)
            throws IOException {
        scores.scan(range, hadoop.value(), (index, loss, reference, label) -> {
            float weight = rule.weight(index, stand.ofLoss(loss), stand.ofReference(reference), label);
            if (weight != 0) {
                taker.take(index, loss, weight);
            }
        });
    }

    private static Subset subset(List<SubsetJob.Written> written) {
        ExactSum losses = new ExactSum();
        long rows = 0;
        long withLoss = 0;
        double weights = 0;
        for (SubsetJob.Written file : written) {
            losses.add(file.losses());
            rows += file.rows();
            withLoss += file.withLoss();
            weights += file.weights();
        }
        return new Subset(rows, written.size(), losses.value() / withLoss, weights, withLoss);
    }

    /** By the subset's size alone: a file holds the same rows wherever it is written. */
    static int files(long rows, long rowBytes) {
        long bySize = (rows * rowBytes + FILE_BYTES - 1) / FILE_BYTES;
        return (int) Math.max(1, Math.max(bySize, Math.min(USUAL_FILES, rows / SMALLEST_FILE)));
    }

    private static final class ByNumber extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final int files;

        ByNumber(int files) {
            this.files = files;
        }

        @Override
        public int numPartitions() {
            return files;
        }

        @Override
        public int getPartition(Object key) {
            return (Integer) key;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ByNumber that && files == that.files;
        }

        @Override
        public int hashCode() {
            return files;
        }
    }
}
