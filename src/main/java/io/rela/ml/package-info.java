/**
 * Spark ML stages over pictures: {@link io.rela.ml.ImageFeaturizer} gives the features to which {@link
 * io.rela.ml.ProjectionEstimator} fits, outside any dataset home.
 */
package io.rela.ml;
