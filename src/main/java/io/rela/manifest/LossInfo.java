package io.rela.manifest;

/**
 * The losses of an epoch, in figures. Immutable.
 *
 * @param epoch that they were computed for
 * @param mean over all samples that have one
 * @param smallest of them
 * @param largest of them
 * @param missing number of samples without one
 */
public record LossInfo(int epoch, double mean, float smallest, float largest, long missing) {}
