package io.rela.bench;

import io.rela.moments.IndexedFeature;
import io.rela.moments.Moments;
import io.rela.moments.MomentsStep;
import io.rela.projection.Axes;
import io.rela.projection.AxisScale;
import io.rela.projection.Dimensions;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionKind;
import io.rela.projection.Projections;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.feature.PCA;
import org.apache.spark.ml.feature.PCAModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The projection's fit against Spark MLlib's PCA on the same cached features, each after a warm-up. Prints "ours SECONDS" and "mllib SECONDS",
 * a line each a repetition, then "axes COSINE", the worst agreement of an axis.
 *
 * <p>Arguments: rows, values a row, axes, repetitions.
 */
public final class ProjectionFit {
    private static final int BLOCK = 256;
    private static final int PARTS = 16;

    private ProjectionFit() {}

    public static void main(String[] args) {
        int rows = Integer.parseInt(args[0]);
        int d = Integer.parseInt(args[1]);
        int k = Integer.parseInt(args[2]);
        int repetitions = Integer.parseInt(args[3]);
        SparkSession session = SparkSession.builder()
                .master("local[*]")
                .appName("projection")
                .config("spark.ui.enabled", "false")
                .getOrCreate();
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        int blocks = (rows + BLOCK - 1) / BLOCK;
        JavaRDD<IndexedFeature> features = spark.parallelize(
                        IntStream.range(0, PARTS).boxed().toList(), PARTS)
                .flatMap(part -> features(
                        (long) blocks * part / PARTS * BLOCK,
                        Math.min(rows, (long) blocks * (part + 1) / PARTS * BLOCK),
                        d))
                .persist(StorageLevel.MEMORY_ONLY());
        features.count();
        Projection[] ours = new Projection[1];
        MomentsStep.of(features, BLOCK);
        for (int i = 0; i < repetitions; i++) {
            System.out.println("ours "
                    + seconds(() -> {
                        Moments moments = MomentsStep.of(features, BLOCK);
                        ours[0] = Projections.fit(
                                new Axes(ProjectionKind.PCA, new Dimensions.Count(k), AxisScale.axis(), 0), moments);
                    }));
        }
        JavaRDD<Row> vectors = features.map(feature -> {
            double[] values = new double[feature.values().length];
            for (int j = 0; j < values.length; j++) {
                values[j] = feature.values()[j];
            }
            return RowFactory.create(Vectors.dense(values));
        });
        Dataset<Row> table = session.createDataFrame(
                        vectors, new StructType().add("feature", SQLDataTypes.VectorType()))
                .persist(StorageLevel.MEMORY_ONLY());
        table.count();
        features.unpersist();
        PCAModel[] theirs = new PCAModel[1];
        new PCA().setInputCol("feature").setOutputCol("target").setK(k).fit(table);
        for (int i = 0; i < repetitions; i++) {
            System.out.println("mllib "
                    + seconds(() -> theirs[0] = new PCA()
                            .setInputCol("feature")
                            .setOutputCol("target")
                            .setK(k)
                            .fit(table)));
        }
        System.out.println("axes " + agreement(ours[0], theirs[0], k, d));
        System.exit(0);
    }

    /** Gaussian, with a spectrum that falls like that of a net's features. */
    private static Iterator<IndexedFeature> features(long from, long to, int d) {
        List<IndexedFeature> features = new ArrayList<>();
        for (long index = from; index < to; index++) {
            SplittableRandom random = new SplittableRandom(index);
            float[] values = new float[d];
            for (int j = 0; j < d; j++) {
                values[j] = (float) (random.nextGaussian() / Math.sqrt(1 + j) + 0.5);
            }
            features.add(new IndexedFeature(index, values));
        }
        return features.iterator();
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /** The worst |cosine| between axes of the same place. */
    private static double agreement(Projection ours, PCAModel theirs, int k, int d) {
        double worst = 1;
        float[] components = ours.components();
        double[] columns = theirs.pc().toArray();
        for (int j = 0; j < k; j++) {
            double cosine = 0;
            for (int i = 0; i < d; i++) {
                cosine += components[j * d + i] * columns[j * d + i];
            }
            worst = Math.min(worst, Math.abs(cosine));
        }
        return worst;
    }
}
