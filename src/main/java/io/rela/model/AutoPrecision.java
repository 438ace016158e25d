package io.rela.model;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What settles {@link PrecisionRequest#AUTO}. Asked only where that leaves a choice.
 *
 * @param before the precision in which the same work was begun or done, where that stays
 * @param gpu whether tasks compute on a GPU; may start one to find out
 */
public record AutoPrecision(Supplier<Optional<Precision>> before, BooleanSupplier gpu) {
    /** Where nothing was done before and no GPU counts: float32. */
    public static AutoPrecision none() {
        return new AutoPrecision(Optional::empty, () -> false);
    }
}
