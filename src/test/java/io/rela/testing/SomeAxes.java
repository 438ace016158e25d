package io.rela.testing;

import io.rela.projection.Axes;
import io.rela.projection.AxisScale;
import io.rela.projection.ProjectionKind;

/** Axes as tests ask for them, each scaled to variance 1 unless they say otherwise. */
public final class SomeAxes {
    private SomeAxes() {}

    public static Axes pca(int k) {
        return pca(k, AxisScale.AXIS);
    }

    public static Axes pca(int k, AxisScale scale) {
        return new Axes(ProjectionKind.PCA, k, scale, 0);
    }

    public static Axes random(int k, long seed) {
        return new Axes(ProjectionKind.RANDOM, k, AxisScale.AXIS, seed);
    }

    public static Axes none() {
        return new Axes(ProjectionKind.NONE, 1, AxisScale.AXIS, 0);
    }
}
