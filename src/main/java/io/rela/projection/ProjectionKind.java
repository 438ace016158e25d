package io.rela.projection;

import java.util.Arrays;
import java.util.Locale;

/** How the axes of a projection are chosen. */
public enum ProjectionKind {
    /** The principal axes of the features, by descending variance. */
    PCA,
    /** Orthonormal axes of a seeded Gaussian matrix. */
    RANDOM,
    /** The features as they are, not standardised. */
    NONE,
    /** What two priors share: averages of their canonical variates, by descending correlation. */
    CONSENSUS;

    /** The name as settings and tables spell it: {@code pca}, {@code random}, {@code none}, {@code consensus}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The kind of a label.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static ProjectionKind of(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no projection \"" + label + "\": give pca, random or none."));
    }

    /** The label, so that the command line takes and shows it. */
    @Override
    public String toString() {
        return label();
    }
}
