package io.rela.manifest;

import io.rela.model.ModelFile;
import io.rela.model.Precision;
import io.rela.run.Redaction;

/**
 * A prior or learner. Immutable.
 *
 * @param uri where it came from, secrets redacted
 * @param sha256 of its file, lower-case hex
 * @param outputDimension number of values per sample
 * @param inputSize width and height of its pictures in pixels
 * @param precision that it computed in; float32 where an old record does not say
 */
public record ModelInfo(String uri, String sha256, int outputDimension, int inputSize, Precision precision) {
    public ModelInfo {
        precision = precision == null ? Precision.FLOAT32 : precision;
    }

    /** A model that gives this many values per sample. */
    public static ModelInfo of(ModelFile model, int outputDimension) {
        return new ModelInfo(
                Redaction.of(model.uri()),
                model.sha256(),
                outputDimension,
                model.preprocessing().inputSize(),
                model.precision());
    }
}
