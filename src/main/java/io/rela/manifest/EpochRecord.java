package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.source.Fingerprint;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What {@code score}, {@code select} or {@code distill} made of an epoch. Immutable.
 *
 * @param command one of them
 * @param epoch of the training run, 0 or more
 * @param losses what was made into {@code losses/epoch=E}; null where nothing was
 * @param subset what was made into {@code subsets/epoch=E}; null where nothing was
 * @param source what the home was converted from
 * @param counts samples by fate
 * @param run when and with what it ran
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EpochRecord(
        String command,
        int epoch,
        LossesRecord losses,
        SubsetRecord subset,
        Fingerprint source,
        Counts counts,
        RunInfo run)
        implements HomeRecord {

    /** Refuses a record that lacks a part. */
    public EpochRecord {
        if (Stream.of(command, source, counts, run).anyMatch(Objects::isNull) || (losses == null && subset == null)) {
            throw new IllegalArgumentException("a record lacks a part");
        }
    }
}
