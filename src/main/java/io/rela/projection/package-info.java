/**
 * Axes and their scale: the mathematics in plain Java, the Spark steps beside it.
 *
 * <p>The way of the data: rows with an index become {@link io.rela.moments.Moments} of blocks, blocks merge along a fixed
 * tree ({@link io.rela.moments.MomentForest}), {@link io.rela.projection.Projections} fits axes to the root, and the
 * {@link io.rela.projection.Projection} maps features to targets. Every result is the same, bit for bit, for every
 * partitioning, order of arrival and machine.
 */
package io.rela.projection;
