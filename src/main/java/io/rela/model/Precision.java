package io.rela.model;

import java.util.Arrays;
import java.util.Locale;

/** The number format that a model computes in; pictures and features are float32 in each. */
public enum Precision {
    /** 24 bits of significand: the model itself, and the default. */
    FLOAT32,
    /** 8 bits of significand and the range of float32. */
    BFLOAT16,
    /** 11 bits of significand, and values of up to 65,504. */
    FLOAT16;

    /**
     * Reads a name as it stands in settings.
     *
     * @param text a name, in lower case
     * @throws IllegalArgumentException for any other text
     */
    static Precision parse(String text) {
        return Arrays.stream(values())
                .filter(value -> value.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Precision \"" + text + "\""));
    }

    /** The name as it stands in settings: lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What {@code bin/export-prior --precision} calls it. */
    String exported() {
        return this == BFLOAT16 ? "bf16" : "fp16";
    }
}
