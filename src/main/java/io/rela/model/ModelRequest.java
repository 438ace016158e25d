package io.rela.model;

import java.util.Optional;

/**
 * A model as somebody named it. Immutable.
 *
 * @param setting name of the setting that names it, for messages
 * @param uri a {@code .pt} file, a model directory, or {@code builtin:NAME}
 * @param view what was said about its input
 * @param sha256 of the only file that may be run, in hex; empty for any file
 * @param precision of its directory's variants
 * @param allowUnstable whether its output may depend on chance, or on the other pictures of a batch
 */
public record ModelRequest(
        String setting,
        String uri,
        ModelFile.Overrides view,
        Optional<String> sha256,
        PrecisionRequest precision,
        boolean allowUnstable) {
    /** A model about whose input and precision nothing was said. */
    public static ModelRequest of(String setting, String uri) {
        return new ModelRequest(
                setting,
                uri,
                new ModelFile.Overrides(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                Optional.empty(),
                PrecisionRequest.FLOAT32,
                false);
    }

    /** The setting and what it names, for messages. */
    public String name() {
        return setting + " " + uri;
    }

    /** The same model, of whose input something else is said. */
    public ModelRequest seeing(ModelFile.Overrides other) {
        return new ModelRequest(setting, uri, other, sha256, precision, allowUnstable);
    }
}
