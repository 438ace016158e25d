package io.rela.projection;

import io.rela.Flag;
import java.util.Objects;

/**
 * How targets are made of features. Immutable.
 *
 * @param kind how the axes are chosen
 * @param dimensions k, the values of a target; of no effect for kind {@code none}; a number for kind {@code random}
 * @param scale of the axes; likewise
 * @param seed of random axes
 */
public record Axes(ProjectionKind kind, Dimensions dimensions, AxisScale scale, long seed) {
    /** Refuses null, and random axes of which the variances would say how many there are. */
    public Axes {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(dimensions, "dimensions");
        if (kind == ProjectionKind.RANDOM && dimensions.number().isEmpty()) {
            throw new IllegalArgumentException(Flag.DIMENSIONS + " " + dimensions + " has no meaning with "
                    + Flag.PROJECTION + " random, whose axes hold what chance gives them: write a number.");
        }
        Objects.requireNonNull(scale, "scale");
    }
}
