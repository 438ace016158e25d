package io.rela.loss;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.linear.LinearMap;
import io.rela.rank.KnownLosses;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TablePlace;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes {@code losses/epoch=E}: a learner's outputs and the targets lie in the order of the index, and are read side by side;
 * nothing is shuffled. Driver only.
 */
public final class LossStep {
    private static final int ROWS_AT_A_TIME = 256;

    /** Samples without a loss that are named. */
    private static final int EXAMPLES = 3;

    private LossStep() {}

    /**
     * What became of the samples that the learner has seen.
     *
     * @param losses those that were written
     * @param notFinite samples whose loss is NaN or infinite
     * @param unlabeled samples without a label, for losses against labels
     * @param examples a few of the samples that have no loss, and why, in the order of the index
     */
    public record Scored(KnownLosses losses, long notFinite, long unlabeled, List<String> examples) {}

    private record Written(String file, KnownLosses losses, long notFinite, long unlabeled, List<String> examples)
            implements Serializable {}

    /**
     * Computes the losses of all samples that have an output.
     *
     * @param outputs rows of {@link Tables#FEATURES}: what the learner gave
     * @param targets the table of targets
     * @param transfer from outputs to targets, where there is one
     * @param ranges neighbours that cover all samples; one task and file each
     * @param folder of the table; replaced
     * @throws RelaException when a label has no logit
     */
    public static Scored run(
            JavaSparkContext spark,
            LossKind kind,
            RangedFiles outputs,
            RangedFiles targets,
            Optional<LinearMap> transfer,
            List<IndexRange> ranges,
            TableFolder folder) {
        // An Optional cannot be sent.
        Broadcast<List<LinearMap>> map = spark.broadcast(transfer.stream().toList());
        TablePlace place = folder.empty().place();
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        List<Written> written = spark.parallelize(ranges, ranges.size())
                .map(range ->
                        new Task(kind, map.value().stream().findFirst(), place, hadoop).run(outputs, targets, range))
                .collect();
        map.destroy();
        folder.keepOnly(written.stream().map(Written::file).toList());
        KnownLosses losses = new KnownLosses();
        written.forEach(file -> losses.merge(file.losses()));
        return new Scored(
                losses,
                written.stream().mapToLong(Written::notFinite).sum(),
                written.stream().mapToLong(Written::unlabeled).sum(),
                written.stream()
                        .flatMap(part -> part.examples().stream())
                        .limit(EXAMPLES)
                        .toList());
    }

    /** One range. One thread. */
    private static final class Task {
        private final LossKind kind;
        private final Optional<LinearMap> transfer;
        private final TablePlace place;
        private final SerializableConfiguration hadoop;
        private final List<Outputs.Beside> rows = new ArrayList<>();
        private final KnownLosses losses = new KnownLosses();
        private final List<String> examples = new ArrayList<>();
        private long notFinite;
        private long unlabeled;

        Task(LossKind kind, Optional<LinearMap> transfer, TablePlace place, SerializableConfiguration hadoop) {
            this.kind = kind;
            this.transfer = transfer;
            this.place = place;
            this.hadoop = hadoop;
        }

        Written run(RangedFiles given, RangedFiles targets, IndexRange range) throws IOException {
            String name = String.format("part-%012d-%s.parquet", range.first(), UUID.randomUUID());
            try (Outputs beside = kind.ofLabels()
                            ? Outputs.besideLabels(given, targets, range, hadoop.value())
                            : Outputs.besideTargets(given, targets, range, hadoop.value());
                    TableWriter writer = place.writer(Tables.LOSSES, name, hadoop.value())) {
                while (beside.hasNext()) {
                    rows.add(beside.next());
                    if (rows.size() == ROWS_AT_A_TIME) {
                        write(writer);
                    }
                }
                write(writer);
                return new Written(name, losses, notFinite, unlabeled, examples);
            }
        }

        private void write(TableWriter writer) throws IOException {
            float[][] mapped = mapped();
            for (int i = 0; i < mapped.length; i++) {
                long index = rows.get(i).index();
                Object goal = rows.get(i).goal();
                if (goal == null) {
                    unlabeled++;
                    example(index, "unlabeled: it has no label");
                    continue;
                }
                float loss = (float)
                        (goal instanceof Integer label
                                ? kind.of(mapped[i], checked(label, mapped[i].length, index))
                                : kind.of(mapped[i], (float[]) goal));
                if (Float.isFinite(loss)) {
                    writer.write(Tables.lossRow(index, loss));
                    losses.add(loss);
                } else {
                    notFinite++;
                    example(index, "not-finite-loss: the loss is " + loss);
                }
            }
            rows.clear();
        }

        private void example(long index, String why) {
            if (examples.size() < EXAMPLES) {
                examples.add("sample " + index + " (" + why + ")");
            }
        }

        private float[][] mapped() {
            float[][] outputs = rows.stream().map(Outputs.Beside::output).toArray(float[][]::new);
            if (transfer.isEmpty() || outputs.length == 0) {
                return outputs;
            }
            LinearMap map = transfer.get();
            int length = outputs[0].length;
            float[] flat = new float[outputs.length * length];
            for (int i = 0; i < outputs.length; i++) {
                System.arraycopy(outputs[i], 0, flat, i * length, length);
            }
            float[] all = map.apply(flat, outputs.length);
            for (int i = 0; i < outputs.length; i++) {
                outputs[i] = Arrays.copyOfRange(all, i * map.outputDimension(), (i + 1) * map.outputDimension());
            }
            return outputs;
        }

        private int checked(int label, int logits, long index) {
            if (label < 0 || label >= logits) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        Flag.LOSS + " " + kind.label() + ": sample " + index + " has the label " + label
                                + ", and the learner gives " + logits + " logits. Name a learner of these classes.");
            }
            return label;
        }
    }
}
