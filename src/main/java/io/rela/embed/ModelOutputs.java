package io.rela.embed;

import io.rela.run.CommandRun;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import scala.Tuple2;

/**
 * What a model gives for samples, for a command that keeps nothing of it: the outputs lie where Spark keeps its shuffles, and
 * go with them. Tasks, batches and bits are those of {@link Embedding}; a command that is killed begins anew. Driver only.
 *
 * @param rows finite values by index, ascending: partition i holds the i-th range that was asked for
 * @param rejectedByReason number of samples that have none, by reason
 */
public record ModelOutputs(JavaPairRDD<Long, float[]> rows, Map<String, Long> rejectedByReason) {
    /**
     * The samples that a model is run over.
     *
     * @param files with the columns that {@link EmbedJob} reads
     * @param number of them, those left out not counted
     * @param labeledOnly whether samples without a label are left out
     */
    public record Samples(RangedFiles files, long number, boolean labeledOnly) {}

    /** Values, or why there are none and the sample that this is said of. */
    record Output(long index, float[] values, String reason, String example) implements Serializable {}

    /** What tasks look at and count. */
    record Counting(boolean labeledOnly, Tally tally) implements Serializable {}

    /** What came to nothing in a range. */
    private record Lost(TreeMap<String, Long> byReason, ArrayList<String> examples) implements Serializable {}

    /**
     * Runs the model once over all samples.
     *
     * @param parts neighbours that cover all samples
     * @throws io.rela.RelaException when more samples than the request allows come to nothing
     */
    public static ModelOutputs of(
            CommandRun run, EmbedRequest asked, EmbedPlan plan, Samples samples, List<IndexRange> parts) {
        Counting counting =
                new Counting(samples.labeledOnly(), Tally.of(run.session().sparkContext()));
        JavaPairRDD<Long, Output> kept = outputs(run, asked, plan, samples.files(), counting)
                .repartitionAndSortWithinPartitions(new Parts(parts));
        List<Lost> lost = made(run, samples.number(), kept, counting);
        Map<String, Long> byReason = new TreeMap<>();
        List<String> examples = new ArrayList<>();
        for (Lost part : lost) {
            part.byReason().forEach((reason, number) -> byReason.merge(reason, number, Long::sum));
            examples.addAll(part.examples());
        }
        asked.refuseTooManyRejects(samples.number(), byReason, () -> examples);
        return new ModelOutputs(kept.filter(row -> row._2().values() != null).mapValues(Output::values), byReason);
    }

    private static JavaPairRDD<Long, Output> outputs(
            CommandRun run, EmbedRequest asked, EmbedPlan plan, RangedFiles samples, Counting counting) {
        int tasks = asked.partitions().orElse(2 * run.slots());
        List<IndexRange> ranges = plan.waves().waves().stream()
                .flatMap(wave -> plan.waves().split(wave, tasks).stream())
                .toList();
        EmbedJob job = plan.job();
        return run.spark()
                .parallelize(ranges, ranges.size())
                .flatMap(range -> OutputRows.of(job, samples, range, counting))
                .mapToPair(output -> new Tuple2<>(output.index(), output));
    }

    /** Makes all outputs, with a line of progress. */
    private static List<Lost> made(CommandRun run, long total, JavaPairRDD<Long, Output> outputs, Counting counting) {
        try (Progress progress =
                new Progress(run.command(), run.session().sparkContext(), total, 0, 0, counting.tally())) {
            return run.showing(progress::line, () -> {
                List<Lost> lost = outputs.mapPartitions(ModelOutputs::lost).collect();
                progress.settle();
                return lost;
            });
        }
    }

    private static Iterator<Lost> lost(Iterator<Tuple2<Long, Output>> rows) {
        TreeMap<String, Long> byReason = new TreeMap<>();
        ArrayList<String> examples = new ArrayList<>();
        while (rows.hasNext()) {
            Output row = rows.next()._2();
            if (row.values() == null) {
                byReason.merge(row.reason(), 1L, Long::sum);
                if (examples.size() < Embedding.EXAMPLES) {
                    examples.add(row.example());
                }
            }
        }
        return List.of(new Lost(byReason, examples)).iterator();
    }

    /** The part that an index lies in. */
    private static final class Parts extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final long[] firsts;

        Parts(List<IndexRange> ranges) {
            firsts = ranges.stream().mapToLong(IndexRange::first).toArray();
        }

        @Override
        public int numPartitions() {
            return firsts.length;
        }

        @Override
        public int getPartition(Object index) {
            int found = Arrays.binarySearch(firsts, (Long) index);
            return found >= 0 ? found : -found - 2;
        }
    }
}
