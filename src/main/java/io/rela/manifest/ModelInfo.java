package io.rela.manifest;

/**
 * A prior or learner. Immutable.
 *
 * @param uri where it came from, secrets redacted
 * @param sha256 of its file, lower-case hex
 * @param outputDimension number of values per sample
 * @param inputSize width and height of its pictures in pixels
 */
public record ModelInfo(String uri, String sha256, int outputDimension, int inputSize) {}
