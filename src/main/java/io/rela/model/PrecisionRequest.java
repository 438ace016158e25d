package io.rela.model;

import java.util.Locale;
import java.util.Optional;

/** The precision that a user asks for with {@code --precision}. */
public enum PrecisionRequest {
    /** The model itself. */
    FLOAT32,
    /** The directory's variant in bfloat16, or the command ends with exit code 2. */
    BFLOAT16,
    /** The directory's variant in float16, or the command ends with exit code 2. */
    FLOAT16,
    /** What the same work was begun in; else on a GPU a variant that costs little, and float32 on a CPU. */
    AUTO;

    /** The one that is asked for by name; empty for {@link #AUTO}. */
    public Optional<Precision> named() {
        return this == AUTO ? Optional.empty() : Optional.of(Precision.valueOf(name()));
    }

    /** As settings spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
