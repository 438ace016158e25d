package io.rela.manifest;

import io.rela.model.ModelFile;
import io.rela.run.Redaction;

/**
 * A prior or learner. Immutable.
 *
 * @param uri where it came from, secrets redacted
 * @param sha256 of its file, lower-case hex
 * @param outputDimension number of values per sample
 * @param inputSize width and height of its pictures in pixels
 */
public record ModelInfo(String uri, String sha256, int outputDimension, int inputSize) {
    /** A model that gives this many values per sample. */
    public static ModelInfo of(ModelFile model, int outputDimension) {
        return new ModelInfo(
                Redaction.of(model.uri()),
                model.sha256(),
                outputDimension,
                model.preprocessing().inputSize());
    }
}
