package io.rela.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinearClassifierTest {
    private static final Standardization SCALE = new Standardization(new double[] {1, 0}, new double[] {2, 0});

    /** Three classes of two inputs, of which the second has no variance. */
    private static final LinearClassifier CLASSIFIER =
            new LinearClassifier(SCALE, new double[] {1, -1, 0, 9, 9, 9}, new double[] {0, 0, 0.5});

    @Test
    void scoresAreLinearInStandardisedInputs() {
        assertThat(CLASSIFIER.scores(new float[] {5, 3})).containsExactly(2, -2, 0.5);
    }

    @Test
    void aRankCountsTheClassesBefore() {
        assertThat(CLASSIFIER.rank(new float[] {5, 3}, 0)).isZero();
        assertThat(CLASSIFIER.rank(new float[] {5, 3}, 2)).isEqualTo(1);
        assertThat(CLASSIFIER.rank(new float[] {5, 3}, 1)).isEqualTo(2);
    }

    @Test
    void ofEqualScoresTheSmallerNumberComesFirst() {
        LinearClassifier undecided = new LinearClassifier(Standardization.none(1), new double[4], new double[4]);
        for (int label = 0; label < 4; label++) {
            assertThat(undecided.rank(new float[] {1}, label)).isEqualTo(label);
        }
    }
}
