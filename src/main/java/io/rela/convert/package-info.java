/**
 * Stage 1: images and a prior model become features, projection, targets and rejects. {@link io.rela.convert.Conversion} is
 * the outline; how pictures go through a model stands in {@code embed}, the mathematics in {@code projection}.
 */
package io.rela.convert;
