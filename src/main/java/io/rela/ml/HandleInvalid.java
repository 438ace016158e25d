package io.rela.ml;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What becomes of a row whose picture has no feature; the names are Spark ML's own. */
enum HandleInvalid {
    /** The job fails. */
    ERROR,
    /** The row is left out. */
    SKIP,
    /** The row stays, its feature null. */
    KEEP;

    /**
     * Reads a name as it stands in a parameter.
     *
     * @throws IllegalArgumentException for any other text; the message lists the names
     */
    static HandleInvalid of(String label) {
        List<HandleInvalid> all = Arrays.asList(values());
        return all.stream()
                .filter(value -> value.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("handleInvalid \"" + label + "\": write error, skip or keep."));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
