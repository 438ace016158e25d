package io.rela.probe;

import java.io.Serializable;

/**
 * A linear classifier of K classes: the score of class c is bias_c + Σ_j weight_jc · z_j of the scaled inputs z. Immutable; its
 * arrays are not copied.
 *
 * @param scale of the inputs, D values
 * @param weights D × K, one row per input
 * @param bias K values
 */
record LinearClassifier(Standardization scale, double[] weights, double[] bias) implements Serializable {
    /** Number of classes. */
    int classes() {
        return bias.length;
    }

    /**
     * How many classes come before this one for a sample: those with a higher score, and of those with the same score the ones
     * of a smaller number. 0 for the class that the classifier says.
     *
     * @param values D inputs, not scaled
     * @param label of a class, in [0, K)
     */
    int rank(float[] values, int label) {
        double[] scores = scores(values);
        int before = 0;
        for (int c = 0; c < scores.length; c++) {
            if (scores[c] > scores[label] || (scores[c] == scores[label] && c < label)) {
                before++;
            }
        }
        return before;
    }

    /** K scores of a sample with these D inputs, not scaled. */
    double[] scores(float[] values) {
        double[] inputs = scale.apply(values);
        double[] scores = bias.clone();
        for (int j = 0; j < inputs.length; j++) {
            int row = j * scores.length;
            for (int c = 0; c < scores.length; c++) {
                scores[c] += weights[row + c] * inputs[j];
            }
        }
        return scores;
    }
}
