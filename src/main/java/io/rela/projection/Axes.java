package io.rela.projection;

import java.util.Objects;

/**
 * How targets are made of features. Immutable.
 *
 * @param kind how the axes are chosen
 * @param dimensions k, the values of a target; of no effect for kind {@code none}
 * @param scale of the axes; likewise
 * @param seed of random axes
 */
public record Axes(ProjectionKind kind, int dimensions, AxisScale scale, long seed) {
    /** Refuses null. */
    public Axes {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(scale, "scale");
    }
}
