package io.rela.embed;

import java.util.Optional;

/**
 * How many pictures a forward pass should take. Immutable.
 *
 * @param pictures at least 1; empty for {@code auto}: whatever is fastest where the tasks run
 */
public record BatchSize(Optional<Integer> pictures) {
    private static final String AUTO = "auto";

    /**
     * Reads {@code auto} or a number.
     *
     * @throws NumberFormatException when it is neither
     */
    public static BatchSize parse(String text) {
        return new BatchSize(text.equalsIgnoreCase(AUTO) ? Optional.empty() : Optional.of(Integer.valueOf(text)));
    }

    /** Whether the size is to be found by trying. */
    public boolean isAuto() {
        return pictures.isEmpty();
    }

    /** As users write it. */
    @Override
    public String toString() {
        return pictures.map(String::valueOf).orElse(AUTO);
    }
}
