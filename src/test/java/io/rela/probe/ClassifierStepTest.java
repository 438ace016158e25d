package io.rela.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rela.probe.ClassifierStep.Fitted;
import io.rela.probe.ClassifierStep.Statistics;
import io.rela.testing.Expectations;
import io.rela.testing.LocalSpark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifierStepTest {
    private static Map<String, double[]> wanted;
    private static int trainingRows;
    private static int dimension;

    @BeforeAll
    static void read() throws IOException {
        wanted = Expectations.read("/probe/expectations.txt");
        trainingRows = (int) wanted.get("shape")[0];
        dimension = (int) wanted.get("shape")[2];
    }

    /** The rows of the first classes, of the training or of the test part. */
    private static List<LabeledRow> rows(boolean training, int classes) {
        List<LabeledRow> rows = new ArrayList<>();
        for (int r = 0; r < wanted.get("label").length; r++) {
            int label = (int) wanted.get("label")[r];
            if (label < classes && training == r < trainingRows) {
                float[] values = new float[dimension];
                for (int j = 0; j < dimension; j++) {
                    values[j] = (float) wanted.get("x")[r * dimension + j];
                }
                rows.add(new LabeledRow(label, values));
            }
        }
        return rows;
    }

    private static JavaRDD<LabeledRow> distributed(List<LabeledRow> rows, int parts) {
        return JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext())
                .parallelize(rows, parts);
    }

    private static Fitted fit(JavaRDD<LabeledRow> rows, int classes, ProbeRequest.Fit asked) {
        Statistics statistics = ClassifierStep.statistics(rows, dimension, classes);
        Standardization scale =
                asked.standardize() ? statistics.columns().standardization() : Standardization.none(dimension);
        return ClassifierStep.fit(
                LocalSpark.session(), rows, statistics.columns().count(), scale, asked);
    }

    @ParameterizedTest
    @CsvSource({"standardized, true, 1, 7", "raw, false, 4, 7", "binary, true, 1, 2"})
    void agreesWithScikitLearn(String name, boolean standardize, double regularization, int classes) {
        JavaRDD<LabeledRow> rows = distributed(rows(true, classes), 1);

        Fitted fitted = fit(rows, classes, new ProbeRequest.Fit(standardize, regularization, 500));

        assertThat(fitted.converged()).isTrue();
        LinearClassifier classifier = fitted.classifier();
        assertThat(classifier.classes()).isEqualTo(classes);
        double[] coefficients = wanted.get(name + ".coefficients");
        double[] intercepts = wanted.get(name + ".intercepts");
        int first = classes - intercepts.length;
        // MLlib stops a little before the optimum.
        for (int c = 0; c < intercepts.length; c++) {
            assertThat(classifier.bias()[c + first])
                    .isCloseTo(intercepts[c], within(0.02 * (1 + Math.abs(intercepts[c]))));
            for (int j = 0; j < dimension; j++) {
                assertThat(classifier.weights()[j * classes + c + first])
                        .as("class %d, input %d", c, j)
                        .isCloseTo(coefficients[c * dimension + j], within(0.01));
            }
        }
        assertThat(rows(false, classes).stream()
                        .mapToDouble(row -> classifier.rank(row.values(), row.label()))
                        .toArray())
                .containsExactly(wanted.get(name + ".rank"));
    }

    @Test
    void aTallyIsOfAllPartitions() {
        double[] ranks = wanted.get("standardized.rank");
        LinearClassifier classifier = fit(distributed(rows(true, 7), 1), 7, new ProbeRequest.Fit(true, 1, 500))
                .classifier();

        Tally tally = ClassifierStep.tally(distributed(rows(false, 7), 4), classifier);

        assertThat(tally.samples()).isEqualTo(ranks.length);
        assertThat(tally.top1())
                .isEqualTo(Arrays.stream(ranks).filter(rank -> rank == 0).count() / (double) ranks.length);
        assertThat(tally.top5())
                .isEqualTo(Arrays.stream(ranks).filter(rank -> rank < 5).count() / (double) ranks.length);
    }

    @Test
    void aFitInOnePartitionHasTheSameBitsAgain() {
        List<LabeledRow> rows = rows(true, 7);
        ProbeRequest.Fit asked = new ProbeRequest.Fit(true, 1, 500);

        LinearClassifier once = fit(distributed(rows, 1), 7, asked).classifier();
        LinearClassifier again = fit(distributed(rows, 1), 7, asked).classifier();

        assertThat(again.weights()).containsExactly(once.weights());
        assertThat(again.bias()).containsExactly(once.bias());
    }

    @Test
    @Tag("slow")
    void severalPartitionsChangeLittle() {
        ProbeRequest.Fit asked = new ProbeRequest.Fit(true, 1, 500);

        LinearClassifier one = fit(distributed(rows(true, 7), 1), 7, asked).classifier();
        LinearClassifier five = fit(distributed(rows(true, 7), 5), 7, asked).classifier();

        assertThat(five.weights()).containsExactly(one.weights(), within(1e-6));
    }

    @Test
    void aFitThatHasToStopHasNotConverged() {
        Fitted fitted = fit(distributed(rows(true, 7), 1), 7, new ProbeRequest.Fit(true, 1, 3));

        assertThat(fitted.iterations()).isEqualTo(3);
        assertThat(fitted.converged()).isFalse();
    }
}
