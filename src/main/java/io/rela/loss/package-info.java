/** Losses of samples under a learner: computed of its outputs, or taken from a training run's log. */
package io.rela.loss;
