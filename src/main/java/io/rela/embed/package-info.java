/**
 * How pictures go through a model on a cluster: a plan of batches and waves, the pipeline of one task, and the progress that
 * outlives a killed run. Serves priors and learners alike, and knows neither homes nor what features are for.
 */
package io.rela.embed;
