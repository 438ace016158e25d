package io.rela.manifest;

/**
 * How a model was run, where that does not decide what came of it. Immutable.
 *
 * @param device that was asked for: auto, cpu or gpu
 * @param maxRejects share of the samples that were allowed to come to nothing
 * @param batchSizeAsked {@code auto}, a number, or {@code default}
 */
public record MannerInfo(String device, double maxRejects, String batchSizeAsked) {}
