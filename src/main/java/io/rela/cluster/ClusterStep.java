package io.rela.cluster;

import static org.apache.spark.sql.functions.callUDF;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TablePlace;
import io.rela.table.TableSchema;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.functions$;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes {@code clusters/}: MLlib's k-means is fitted to a sample of the targets in one partition, sorted by index, so that its
 * result does not depend on partitions; then each sample goes to the nearest centre. Driver only.
 */
public final class ClusterStep {
    private static final long SAMPLE = 20_000;
    private static final TableSchema INDEX_AND_TARGET = Tables.TARGETS.only(Tables.INDEX, Tables.TARGET);

    private ClusterStep() {}

    /**
     * Clusters all samples.
     *
     * @param targets the table of targets
     * @param k clusters, 2 or more; some may stay empty
     * @param seed of the sample and of k-means
     * @param ranges neighbours that cover all samples; one task and file each
     * @param clusters the folder of the table that is written; replaced
     */
    public static void run(
            SparkSession session,
            RangedFiles targets,
            int k,
            long seed,
            List<IndexRange> ranges,
            TableFolder clusters) {
        double[][] centres = centres(session, targets, k, seed);
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        TablePlace place = clusters.empty().place();
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        List<String> written = spark.parallelize(ranges, ranges.size())
                .map(range -> {
                    String name = String.format("part-%012d-%s.parquet", range.first(), UUID.randomUUID());
                    try (RangedFiles.Rows rows = targets.rows(INDEX_AND_TARGET, range, hadoop.value());
                            TableWriter writer = place.writer(Tables.CLUSTERS, name, hadoop.value())) {
                        while (rows.hasNext()) {
                            Object[] row = rows.next();
                            writer.write(Tables.clusterRow((Long) row[0], nearest((float[]) row[1], centres)));
                        }
                    }
                    return name;
                })
                .collect();
        clusters.keepOnly(written);
    }

    private static double[][] centres(SparkSession session, RangedFiles files, int k, long seed) {
        Dataset<Row> targets = session.read()
                .schema(Tables.TARGETS.spark())
                .parquet(files.paths())
                .select(Tables.INDEX, Tables.TARGET);
        if (files.rows() > SAMPLE) {
            long oneIn = (files.rows() + SAMPLE - 1) / SAMPLE;
            targets = targets.where(callUDF("pmod", xxhash64(lit(seed), lit("clusters"), col(Tables.INDEX)), lit(oneIn))
                    .equalTo(0));
        }
        Dataset<Row> sample = targets.repartition(1)
                .sortWithinPartitions(Tables.INDEX)
                .select(functions$.MODULE$.array_to_vector(col(Tables.TARGET)).as("features"))
                .persist();
        try {
            int most = (int) Math.min(k, sample.count());
            if (most == 1) {
                return new double[][] {sample.first().<Vector>getAs("features").toArray()};
            }
            return Arrays.stream(
                            new KMeans().setK(most).setSeed(seed).fit(sample).clusterCenters())
                    .map(Vector::toArray)
                    .toArray(double[][]::new);
        } finally {
            sample.unpersist();
        }
    }

    /** The first of the nearest centres. */
    static int nearest(float[] target, double[][] centres) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int c = 0; c < centres.length; c++) {
            double distance = 0;
            for (int i = 0; i < target.length; i++) {
                double difference = target[i] - centres[c][i];
                distance += difference * difference;
            }
            if (distance < least) {
                least = distance;
                best = c;
            }
        }
        return best;
    }
}
