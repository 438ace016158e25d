package io.rela.moments;

import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TaskRows;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/** Features as the projection wants them: a partition holds whole blocks in index order. Driver only. */
public final class FeatureRows {
    private FeatureRows() {}

    /** One partition a file of the first prior, since files begin and end with a block. */
    public static JavaRDD<IndexedFeature> of(JavaSparkContext spark, FeatureFiles features) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        List<RangedFiles.File> files = new ArrayList<>(features.priors().get(0).files());
        return spark.parallelize(files, Math.max(1, files.size())).mapPartitions(some -> read(features, some, hadoop));
    }

    private static Iterator<IndexedFeature> read(
            FeatureFiles features, Iterator<RangedFiles.File> files, SerializableConfiguration hadoop) {
        List<RangedFiles.File> mine = new ArrayList<>();
        files.forEachRemaining(mine::add);
        if (mine.isEmpty()) {
            return List.<IndexedFeature>of().iterator();
        }
        IndexRange range = new IndexRange(
                mine.get(0).range().first(), mine.get(mine.size() - 1).range().end());
        FeatureFiles.Rows rows = features.only(mine).rows(range, hadoop.value());
        return TaskRows.of(rows, rows::close, Function.identity());
    }
}
