package io.rela.testing;

import io.rela.projection.Axes;
import io.rela.projection.AxisScale;
import io.rela.projection.Dimensions;
import io.rela.projection.ProjectionKind;

/** Axes as tests ask for them, each scaled to variance 1 unless they say otherwise. */
public final class SomeAxes {
    private SomeAxes() {}

    public static Axes pca(int k) {
        return pca(k, AxisScale.axis());
    }

    public static Axes pca(int k, AxisScale scale) {
        return new Axes(ProjectionKind.PCA, new Dimensions.Count(k), scale, 0);
    }

    public static Axes pca(String dimensions) {
        return new Axes(ProjectionKind.PCA, Dimensions.of(dimensions), AxisScale.axis(), 0);
    }

    public static Axes random(int k, long seed) {
        return of(ProjectionKind.RANDOM, k, seed);
    }

    public static Axes of(ProjectionKind kind, int k, long seed) {
        return new Axes(kind, new Dimensions.Count(k), AxisScale.axis(), seed);
    }

    public static Axes none() {
        return of(ProjectionKind.NONE, 1, 0);
    }
}
