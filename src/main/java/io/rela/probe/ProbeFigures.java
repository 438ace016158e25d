package io.rela.probe;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.manifest.ModelInfo;
import io.rela.run.Figures;
import java.util.List;
import java.util.Map;

/**
 * What a probe found. Immutable.
 *
 * @param representation that was probed: features, targets or outputs
 * @param model that made it
 * @param training samples that the classifier was fitted to
 * @param test samples that it was tried on
 * @param fit how it was fitted
 * @param accuracy how often it was right
 * @param classes the same by class, of the test samples, in the order of the training home's labels
 */
record ProbeFigures(
        String representation,
        ModelInfo model,
        Samples training,
        Samples test,
        FitFigures fit,
        Accuracy accuracy,
        List<ClassAccuracy> classes)
        implements Figures {
    /**
     * Samples of a home.
     *
     * @param home its URI
     * @param samples number that was used
     * @param unlabeled number left out for want of a label
     * @param rejectedByReason number left out for want of an output, by reason
     */
    record Samples(String home, long samples, long unlabeled, Map<String, Long> rejectedByReason) {}

    /**
     * How a classifier was fitted.
     *
     * @param dimension number of inputs
     * @param withoutVariance number of inputs that are the same for all training samples
     * @param standardized whether inputs were brought to mean 0 and variance 1
     * @param regularization weight of the penalty beside the sum of the samples' losses
     * @param iterations of L-BFGS
     * @param converged whether it ended by itself
     */
    record FitFigures(
            int dimension,
            int withoutVariance,
            boolean standardized,
            double regularization,
            int iterations,
            boolean converged) {}

    /**
     * Shares in [0, 1].
     *
     * @param top1 of the test samples whose class came first
     * @param top5 of the test samples whose class was among the first five; null of five classes or fewer
     * @param meanOfClasses the mean of the classes' top1
     * @param trainingTop1 of the training samples
     * @param trainingTop5 likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Accuracy(double top1, Double top5, double meanOfClasses, double trainingTop1, Double trainingTop5) {
        static Accuracy of(Tally test, Tally training, int classes) {
            return new Accuracy(
                    test.top1(),
                    classes > 5 ? (Double) test.top5() : null,
                    test.meanOfClasses(),
                    training.top1(),
                    classes > 5 ? (Double) training.top5() : null);
        }
    }

    /**
     * How often the classifier was right on a class.
     *
     * @param name of the class
     * @param samples number of its test samples
     * @param correct number of those that were put into it
     * @param top1 the same as a share in [0, 1]; null without samples
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ClassAccuracy(String name, long samples, long correct, Double top1) {
        static ClassAccuracy of(String name, long samples, long correct) {
            return new ClassAccuracy(
                    name, samples, correct, samples == 0 ? null : (Double) ((double) correct / samples));
        }
    }
}
