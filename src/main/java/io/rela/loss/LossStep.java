package io.rela.loss;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TableSchema;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import io.rela.transport.LinearMap;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes {@code losses/epoch=E}: a learner's outputs and the targets lie in the order of the index, and are read side by side;
 * nothing is shuffled. Driver only.
 */
public final class LossStep {
    private static final int ROWS_AT_A_TIME = 256;

    private LossStep() {}

    /**
     * What became of the samples that the learner has seen.
     *
     * @param rows losses written
     * @param notFinite samples whose loss is NaN or infinite
     * @param unlabeled samples without a label, for losses against labels
     */
    public record Scored(long rows, long notFinite, long unlabeled) {}

    private record Written(String file, long rows, long notFinite, long unlabeled) implements Serializable {}

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
        spark.sc().setJobDescription("compute losses");
        Broadcast<Optional<LinearMap>> map = spark.broadcast(transfer);
        String path = folder.empty().path().toString();
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        List<Written> written = spark.parallelize(ranges, ranges.size())
                .map(range -> new Task(kind, map.value(), path, hadoop).run(outputs, targets, range))
                .collect();
        map.destroy();
        folder.keepOnly(written.stream().map(Written::file).toList());
        return new Scored(
                written.stream().mapToLong(Written::rows).sum(),
                written.stream().mapToLong(Written::notFinite).sum(),
                written.stream().mapToLong(Written::unlabeled).sum());
    }

    /** One range. One thread. */
    private static final class Task {
        private final LossKind kind;
        private final Optional<LinearMap> transfer;
        private final String folder;
        private final SerializableConfiguration hadoop;
        private final List<Object[]> outputs = new ArrayList<>();
        private final List<Object[]> wanted = new ArrayList<>();
        private long notFinite;
        private long unlabeled;

        Task(LossKind kind, Optional<LinearMap> transfer, String folder, SerializableConfiguration hadoop) {
            this.kind = kind;
            this.transfer = transfer;
            this.folder = folder;
            this.hadoop = hadoop;
        }

        Written run(RangedFiles given, RangedFiles targets, IndexRange range) throws IOException {
            String name = String.format("part-%012d-%s.parquet", range.first(), UUID.randomUUID());
            TableSchema read = Tables.TARGETS.only(Tables.INDEX, kind.ofLabels() ? Tables.LABEL : Tables.TARGET);
            try (RangedFiles.Rows theirs = given.rows(Tables.FEATURES, range, hadoop.value());
                    RangedFiles.Rows ours = targets.rows(read, range, hadoop.value());
                    TableWriter writer = new TableWriter(Tables.LOSSES, new Path(folder, name), hadoop.value())) {
                while (theirs.hasNext()) {
                    Object[] output = theirs.next();
                    outputs.add(output);
                    wanted.add(find((Long) output[0], ours));
                    if (outputs.size() == ROWS_AT_A_TIME) {
                        write(writer);
                    }
                }
                write(writer);
                return new Written(name, writer.rows(), notFinite, unlabeled);
            }
        }

        private static Object[] find(long index, RangedFiles.Rows ours) {
            while (ours.hasNext()) {
                Object[] row = ours.next();
                if ((Long) row[0] == index) {
                    return row;
                }
            }
            throw new IllegalStateException("There is no target of sample " + index + ", which was scored");
        }

        private void write(TableWriter writer) throws IOException {
            float[][] mapped = mapped();
            for (int i = 0; i < mapped.length; i++) {
                long index = (Long) outputs.get(i)[0];
                Object goal = wanted.get(i)[1];
                if (goal == null) {
                    unlabeled++;
                    continue;
                }
                float loss = (float)
                        (goal instanceof Integer label
                                ? kind.of(mapped[i], checked(label, mapped[i].length, index))
                                : kind.of(mapped[i], (float[]) goal));
                if (Float.isFinite(loss)) {
                    writer.write(Tables.lossRow(index, loss));
                } else {
                    notFinite++;
                }
            }
            outputs.clear();
            wanted.clear();
        }

        private float[][] mapped() {
            float[][] rows = new float[outputs.size()][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = (float[]) outputs.get(i)[1];
            }
            if (transfer.isEmpty() || rows.length == 0) {
                return rows;
            }
            LinearMap map = transfer.get();
            int length = rows[0].length;
            float[] flat = new float[rows.length * length];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(rows[i], 0, flat, i * length, length);
            }
            float[] all = map.apply(flat, rows.length);
            for (int i = 0; i < rows.length; i++) {
                rows[i] = Arrays.copyOfRange(all, i * map.outputDimension(), (i + 1) * map.outputDimension());
            }
            return rows;
        }

        private int checked(int label, int logits, long index) {
            if (label < 0 || label >= logits) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        "--loss " + kind.label() + ": sample " + index + " has the label " + label
                                + ", and the learner gives " + logits + " logits. Name a learner of these classes.");
            }
            return label;
        }
    }
}
