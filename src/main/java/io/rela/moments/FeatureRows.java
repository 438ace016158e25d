package io.rela.moments;

import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import io.rela.table.TaskRows;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/** Features as the projection wants them: a partition holds whole blocks in index order. Driver only. */
public final class FeatureRows {
    private FeatureRows() {}

    /** One partition a file, since files begin and end with a block. */
    public static JavaRDD<IndexedFeature> of(JavaSparkContext spark, RangedFiles features) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        List<RangedFiles.File> files = new ArrayList<>(features.files());
        return spark.parallelize(files, Math.max(1, files.size())).mapPartitions(some -> read(some, hadoop));
    }

    private static Iterator<IndexedFeature> read(Iterator<RangedFiles.File> files, SerializableConfiguration hadoop) {
        List<RangedFiles.File> mine = new ArrayList<>();
        files.forEachRemaining(mine::add);
        RangedFiles.Rows rows = new RangedFiles(mine).rows(Tables.FEATURES, IndexRange.ALL, hadoop.value());
        return TaskRows.of(rows, rows::close, row -> new IndexedFeature((Long) row[0], (float[]) row[1]));
    }
}
