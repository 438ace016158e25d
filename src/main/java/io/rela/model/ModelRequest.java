package io.rela.model;

import java.util.Optional;

/**
 * A model as somebody named it. Immutable.
 *
 * @param setting name of the setting that names it, for messages
 * @param uri a {@code .pt} file, a model directory, or {@code builtin:NAME}
 * @param view what was said about its input
 */
public record ModelRequest(String setting, String uri, ModelFile.Overrides view) {
    /** A model about whose input nothing was said. */
    public static ModelRequest of(String setting, String uri) {
        return new ModelRequest(
                setting,
                uri,
                new ModelFile.Overrides(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    /** The same model, of whose input something else is said. */
    public ModelRequest seeing(ModelFile.Overrides other) {
        return new ModelRequest(setting, uri, other);
    }
}
