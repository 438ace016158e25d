package io.rela.loss;

import io.rela.linear.IndexedPair;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import io.rela.table.TaskRows;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/** A learner's outputs in a range, ascending, each beside what it is compared with. One thread; to be closed. */
public final class Outputs implements Iterator<Outputs.Beside>, AutoCloseable {
    private final RangedFiles.Rows outputs;
    private final RangedFiles.Rows goals;

    /** One sample: its output, and its target, label or null. */
    record Beside(long index, float[] output, Object goal) {}

    private Outputs(RangedFiles outputs, RangedFiles targets, String column, IndexRange range, Configuration conf) {
        this.outputs = outputs.rows(Tables.FEATURES, range, conf);
        this.goals = targets.rows(Tables.TARGETS.only(Tables.INDEX, column), range, conf);
    }

    static Outputs besideTargets(RangedFiles outputs, RangedFiles targets, IndexRange range, Configuration conf) {
        return new Outputs(outputs, targets, Tables.TARGET, range, conf);
    }

    static Outputs besideLabels(RangedFiles outputs, RangedFiles targets, IndexRange range, Configuration conf) {
        return new Outputs(outputs, targets, Tables.LABEL, range, conf);
    }

    /** All outputs with their targets: a partition a file of outputs, which begins and ends with a block. */
    public static JavaRDD<IndexedPair> pairs(JavaSparkContext spark, RangedFiles outputs, RangedFiles targets) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        List<RangedFiles.File> files = List.copyOf(outputs.files());
        return spark.parallelize(files, Math.max(1, files.size())).mapPartitions(some -> {
            if (!some.hasNext()) {
                return List.<IndexedPair>of().iterator();
            }
            Outputs rows = besideTargets(outputs, targets, some.next().range(), hadoop.value());
            return TaskRows.of(
                    rows, rows::close, row -> new IndexedPair(row.index(), row.output(), (float[]) row.goal()));
        });
    }

    @Override
    public boolean hasNext() {
        return outputs.hasNext();
    }

    @Override
    public Beside next() {
        Object[] output = outputs.next();
        long index = (Long) output[0];
        while (goals.hasNext()) {
            Object[] goal = goals.next();
            if ((Long) goal[0] == index) {
                return new Beside(index, (float[]) output[1], goal[1]);
            }
        }
        throw new IllegalStateException("There is no target of sample " + index + ", which was scored");
    }

    @Override
    public void close() {
        outputs.close();
        goals.close();
    }
}
