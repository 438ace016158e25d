package io.rela.select;

import io.rela.rank.Population;
import io.rela.table.IndexRange;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/** Samples on executors: a task reads a range, and what the tasks gathered is merged in a tree. Driver only. */
public final class SparkPopulation implements Population {
    private static final int TREE_DEPTH = 2;

    private final JavaSparkContext spark;
    private final ScoreFiles scores;
    private final List<IndexRange> ranges;

    /**
     * @param scores the samples
     * @param ranges neighbours that cover all of them, one a task; no result depends on them
     */
    public SparkPopulation(JavaSparkContext spark, ScoreFiles scores, List<IndexRange> ranges) {
        this.spark = spark;
        this.scores = scores;
        this.ranges = ranges;
    }

    @Override
    public long size() {
        return scores.size();
    }

    @Override
    public <S extends Statistic<S>> S scan(S empty) {
        ScoreFiles files = scores;
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        return spark.parallelize(ranges, ranges.size())
                .map(range -> {
                    // Every task has a copy of its own, as it was sent.
                    files.scan(range, hadoop.value(), empty);
                    return empty;
                })
                .treeReduce(
                        (left, right) -> {
                            left.merge(right);
                            return left;
                        },
                        TREE_DEPTH);
    }
}
