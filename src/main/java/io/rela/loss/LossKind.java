package io.rela.loss;

import java.util.Locale;

/** What is computed of a learner's output for one sample. Sums are in double, in the order of the values. */
public enum LossKind {
    /**
     * 1 − cos(output, target), in [0, 2]: 0 for the same direction; 1 where either is a zero vector. ReLA's loss of one view
     * (LINs-lab/ReLA).
     */
    COSINE(false),
    /** The mean over the values of (output − target)², 0 or more. */
    MSE(false),
    /** −log softmax(logits)[label], 0 or more. */
    CROSS_ENTROPY(true),
    /** ‖softmax(logits) − onehot(label)‖₂, in [0, √2] (EL2N: Paul et al., NeurIPS 2021, arXiv 2107.07075). */
    EL2N(true);

    private final boolean ofLabels;

    LossKind(boolean ofLabels) {
        this.ofLabels = ofLabels;
    }

    /** Whether it compares logits with a label; the others compare an output with a target of the same length. */
    public boolean ofLabels() {
        return ofLabels;
    }

    /** As users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The label, so that the command line takes and shows it. */
    @Override
    public String toString() {
        return label();
    }

    /**
     * The loss against a target.
     *
     * @param output as many values as the target
     * @return NaN or infinity only where the output is not finite, or squares overflow
     */
    public double of(float[] output, float[] target) {
        if (output.length != target.length) {
            throw new IllegalArgumentException(
                    "An output of " + output.length + " values has no loss against a target of " + target.length);
        }
        return switch (this) {
            case COSINE -> cosine(output, target);
            case MSE -> meanSquare(output, target);
            case CROSS_ENTROPY, EL2N -> throw new IllegalStateException(label() + " is against a label");
        };
    }

    /**
     * The loss against a label.
     *
     * @param logits one for each class
     * @param label in [0, logits)
     */
    public double of(float[] logits, int label) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        return switch (this) {
            case CROSS_ENTROPY -> Math.log(sum) - (logits[label] - largest);
            case EL2N -> distance(logits, label, largest, sum);
            case COSINE, MSE -> throw new IllegalStateException(label() + " is against a target");
        };
    }

    private static double cosine(float[] output, float[] target) {
        double dot = 0;
        double squareOutput = 0;
        double squareTarget = 0;
        for (int i = 0; i < output.length; i++) {
            dot += (double) output[i] * target[i];
            squareOutput += (double) output[i] * output[i];
            squareTarget += (double) target[i] * target[i];
        }
        if (squareOutput == 0 || squareTarget == 0) {
            return 1;
        }
        double cosine = dot / (Math.sqrt(squareOutput) * Math.sqrt(squareTarget));
        return 1 - Math.max(-1, Math.min(1, cosine));
    }

    private static double meanSquare(float[] output, float[] target) {
        double sum = 0;
        for (int i = 0; i < output.length; i++) {
            double difference = (double) output[i] - target[i];
            sum += difference * difference;
        }
        return sum / output.length;
    }

    private static double distance(float[] logits, int label, double largest, double sum) {
        double square = 0;
        for (int i = 0; i < logits.length; i++) {
            double difference = Math.exp(logits[i] - largest) / sum - (i == label ? 1 : 0);
            square += difference * difference;
        }
        return Math.sqrt(square);
    }
}
