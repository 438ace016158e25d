/**
 * Linear evaluation: how well a linear classifier, fitted to what a prior or a learner gives for the labeled samples of one
 * home, names the classes of another's. Changes nothing. {@link io.rela.probe.Probing} is the outline; the fit is MLlib's, the
 * rest of the mathematics is plain Java.
 */
package io.rela.probe;
