package io.rela.probe;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Fits a linear classifier by MLlib's logistic regression, and tries it. MLlib adds up partitions in the order in which their
 * tasks end, so that the last bits of a fit are the same again only where there is one partition. Runs on the driver, which
 * holds some twenty times as many numbers as the classifier has.
 */
final class ClassifierStep {
    /** MLlib stops where its objective falls by less than this share of its first value over twenty iterations. */
    private static final double TOLERANCE = 1e-6;

    private static final StructType INSTANCE = new StructType()
            .add("label", DataTypes.DoubleType, false)
            .add("features", SQLDataTypes.VectorType(), false);

    private ClassifierStep() {}

    /**
     * What is known of a table before a classifier is fitted to it.
     *
     * @param columns its moments
     * @param samples number of rows by class
     */
    record Statistics(ColumnMoments columns, long[] samples) implements Serializable {
        private Statistics merge(Statistics other) {
            columns.merge(other.columns);
            for (int c = 0; c < samples.length; c++) {
                samples[c] += other.samples[c];
            }
            return this;
        }
    }

    /**
     * A fitted classifier.
     *
     * @param iterations of L-BFGS that it took
     * @param converged whether it was done before it had to stop
     */
    record Fitted(LinearClassifier classifier, int iterations, boolean converged) {}

    /** One pass over the rows; the bits depend on what lies in which partition, and on nothing else. */
    static Statistics statistics(JavaRDD<LabeledRow> rows, int dimension, int classes) {
        return rows
                .mapPartitions(
                        part -> List.of(statistics(part, dimension, classes)).iterator())
                .collect()
                .stream()
                .reduce(Statistics::merge)
                .orElseThrow();
    }

    private static Statistics statistics(Iterator<LabeledRow> rows, int dimension, int classes) {
        Statistics statistics = new Statistics(new ColumnMoments(dimension), new long[classes]);
        rows.forEachRemaining(row -> {
            statistics.columns().add(row.values());
            statistics.samples()[row.label()]++;
        });
        return statistics;
    }

    /**
     * Fits a classifier: a multinomial one, and with two classes a binomial one, whose penalty is that of one row of weights.
     *
     * @param rows of which each class has one or more
     * @param samples number of rows
     */
    static Fitted fit(
            SparkSession session,
            JavaRDD<LabeledRow> rows,
            long samples,
            Standardization scale,
            ProbeRequest.Fit asked) {
        Dataset<Row> instances = session.createDataFrame(
                rows.map(row -> RowFactory.create((double) row.label(), Vectors.dense(scale.apply(row.values())))),
                INSTANCE);
        LogisticRegressionModel model = new LogisticRegression()
                .setStandardization(false)
                .setRegParam(asked.regularization() / samples)
                .setMaxIter(asked.iterations())
                .setTol(TOLERANCE)
                .fit(instances);
        int iterations = model.summary().totalIterations();
        return new Fitted(classifier(model, scale), iterations, iterations < asked.iterations());
    }

    private static LinearClassifier classifier(LogisticRegressionModel model, Standardization scale) {
        Matrix weights = model.coefficientMatrix();
        int classes = model.numClasses();
        // A binomial model has one row: the score of the second class, where the first one's is 0.
        int first = classes - weights.numRows();
        double[] byInput = new double[weights.numCols() * classes];
        double[] bias = new double[classes];
        for (int c = first; c < classes; c++) {
            bias[c] = model.interceptVector().apply(c - first);
            for (int j = 0; j < weights.numCols(); j++) {
                byInput[j * classes + c] = weights.apply(c - first, j);
            }
        }
        return new LinearClassifier(scale, byInput, bias);
    }

    /** Tries a classifier on rows. */
    static Tally tally(JavaRDD<LabeledRow> rows, LinearClassifier classifier) {
        Broadcast<LinearClassifier> shared =
                JavaSparkContext.fromSparkContext(rows.context()).broadcast(classifier);
        try {
            return rows
                    .mapPartitions(part -> List.of(tally(part, shared.value())).iterator())
                    .collect()
                    .stream()
                    .reduce(Tally::merge)
                    .orElseThrow();
        } finally {
            shared.destroy();
        }
    }

    private static Tally tally(Iterator<LabeledRow> rows, LinearClassifier classifier) {
        Tally tally = new Tally(classifier.classes());
        rows.forEachRemaining(row -> tally.add(row.label(), classifier.rank(row.values(), row.label())));
        return tally;
    }
}
