package io.rela.embed;

import io.rela.image.RejectReason;
import io.rela.table.IndexRange;
import java.io.Serializable;
import java.util.Map;

/**
 * What one embedding task wrote. Immutable.
 *
 * @param range the samples that it was given
 * @param features name of its file of features; null when nothing was converted
 * @param rejects name of its file of rejects; null when there were none
 * @param converted rows of features
 * @param rejectedByReason rows of rejects by reason
 * @param seconds by part, summed over the threads that worked: read, decode, infer, write
 * @param device that computed
 */
public record TaskReport(
        IndexRange range,
        String features,
        String rejects,
        long converted,
        Map<String, Long> rejectedByReason,
        Map<String, Double> seconds,
        String device)
        implements Serializable {
    /** Number of samples that have come to something, be it a feature or a reject. */
    public long samples() {
        return converted
                + rejectedByReason.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether a picture was gone when this task wanted it, which may have changed since. */
    boolean lacksPictures() {
        return rejectedByReason.containsKey(RejectReason.UNREADABLE.label());
    }
}
