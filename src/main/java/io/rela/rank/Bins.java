package io.rela.rank;

import java.io.Serializable;

/**
 * Bins of equal width between two losses, both included. Immutable.
 *
 * @param smallest loss of the first bin
 * @param largest loss of the last bin
 * @param number of bins, at least 1
 */
public record Bins(float smallest, float largest, int number) implements Serializable {
    /** The bin of a loss in the range: ⌊(ℓ − smallest) / (largest − smallest) · number⌋ in double, the last for the largest. */
    public int of(float loss) {
        if (smallest == largest) {
            return 0;
        }
        double at = ((double) loss - smallest) / ((double) largest - smallest) * number;
        return (int) Math.max(0, Math.min(number - 1, at));
    }
}
