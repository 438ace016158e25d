package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.Flag;
import java.util.Locale;

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
    public record TransferInfo(String uri, long samples, long heldOut, double r2, double meanCosine) {
        /** A map that explains less of the targets' variance than this gives losses that say little of the learner. */
        public static final double LEAST_R2 = 0.1;

        /** Whether it explains next to nothing. */
        public boolean explainsLittle() {
            return r2 < LEAST_R2;
        }

        /** What a person is told of a map that explains little. */
        public String warning() {
            return String.format(
                    Locale.ROOT,
                    "The transfer explains %.4f of the targets' variance (R2): losses through it tell samples apart by"
                            + " chance. Train the learner further, or choose by " + Flag.POLICY + " uniform.",
                    r2);
        }
    }

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
