package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * The losses that a command made. Immutable.
 *
 * @param settings what decides them
 * @param manner what does not decide them; null for logged losses
 * @param learner the model; null for logged losses
 * @param transfer the linear map between the learner's output and the loss; null where there was none
 * @param figures of the losses
 * @param log what became of the log's rows; null without a log
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LossesRecord(
        LossSettings settings,
        MannerInfo manner,
        ModelInfo learner,
        TransferInfo transfer,
        LossInfo figures,
        LogInfo log) {
    /**
     * A linear map from a learner's output to targets.
     *
     * @param uri where it is kept, secrets redacted
     * @param samples number of samples that it was fitted to
     * @param heldOut number of samples that the figures are of
     * @param r2 share of the targets' variance that it explains
     * @param meanCosine of its output and the target
     */
    public record TransferInfo(String uri, long samples, long heldOut, double r2, double meanCosine) {}

    /**
     * What became of the rows of a log.
     *
     * @param logged number of rows
     * @param unknown rows of samples that the home does not have
     * @param superseded rows that a newer one of the same sample replaced
     * @param notFinite number of samples whose newest loss is no finite number
     * @param earlier number of samples that keep an earlier loss of the home
     */
    public record LogInfo(long logged, long unknown, long superseded, long notFinite, long earlier) {}
}
