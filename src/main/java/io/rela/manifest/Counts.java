package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;

/**
 * Samples by fate: {@code listed = converted + rejected}. Immutable.
 *
 * @param listed samples of the source; in stage 2, rows of {@code targets/}
 * @param converted rows of {@code targets/}; of a scoring, rows of {@code losses/}
 * @param rejected rows of {@code rejects/}; of a scoring, samples without a loss
 * @param rejectedByReason the same, by reason
 * @param selected rows of a subset; null where none was made
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Counts(long listed, long converted, long rejected, Map<String, Long> rejectedByReason, Long selected) {
    /** Refuses counts that do not add up. */
    public Counts {
        long byReason =
                rejectedByReason.values().stream().mapToLong(Long::longValue).sum();
        if (listed != converted + rejected || rejected != byReason) {
            throw new IllegalArgumentException("listed " + listed + " is not converted " + converted + " + rejected "
                    + rejected + " (by reason " + byReason + ")");
        }
    }

    /** Where nothing was rejected. */
    public static Counts all(long samples) {
        return new Counts(samples, samples, 0, Map.of(), null);
    }

    /** The same with the size of a subset. */
    public Counts selecting(Long rows) {
        return new Counts(listed, converted, rejected, rejectedByReason, rows);
    }
}
