package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.rela.image.PixelLayout;
import io.rela.loss.LossKind;
import io.rela.model.Precision;
import io.rela.run.Figures;

/** The settings that decide the losses of an epoch: two commands that agree in them make the same ones. Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.EXISTING_PROPERTY, property = "from")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LossSettings.Scored.class, name = "learner"),
    @JsonSubTypes.Type(value = LossSettings.Logged.class, name = "log")
})
public sealed interface LossSettings extends Figures permits LossSettings.Scored, LossSettings.Logged {
    /** Where they come from: learner or log. */
    @JsonProperty("from")
    String from();

    /**
     * Losses under a learner.
     *
     * @param learnerSha256 of the learner's file
     * @param view what the learner sees of a picture
     * @param loss what is computed
     * @param transfer the linear map to the targets
     * @param batchSize pictures per forward pass; null where that is not settled yet
     * @param layout of the batches; planar where an old record does not say
     * @param precision that the learner computes in; float32 where an old record does not say
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Scored(
            String learnerSha256,
            ViewSettings view,
            LossKind loss,
            TransferSettings transfer,
            Integer batchSize,
            PixelLayout layout,
            Precision precision)
            implements LossSettings {
        public Scored {
            layout = layout == null ? PixelLayout.PLANAR : layout;
            precision = precision == null ? Precision.FLOAT32 : precision;
        }

        @Override
        public String from() {
            return "learner";
        }
    }

    /**
     * The linear map between outputs and targets.
     *
     * @param transfer auto, fit, none, or the URI of a fitted map
     * @param transferSha256 of a fitted map that was named; else null
     * @param ridge penalty of the fit; null where none may be fitted
     * @param transferSeed of the fit's split; null likewise
     * @param transferShare of the samples that were asked to be fitted to; null where nobody asked
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record TransferSettings(
            String transfer, String transferSha256, Double ridge, Long transferSeed, Double transferShare) {}

    /**
     * Losses of this home that others are laid over.
     *
     * @param lossesOnto whose losses
     * @param lossesOntoMade start of the command that made them
     */
    record LaidOver(int lossesOnto, String lossesOntoMade) {}

    /**
     * Losses that a training run logged.
     *
     * @param losses URI of the log
     * @param lossesTime column that tells newer from older; null where nobody named one
     * @param lossesBytes length of its files
     * @param lossesModified when the newest of them was written, in milliseconds since 1970
     * @param onto losses of the home that samples keep which the log has none of; null for none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Logged(String losses, String lossesTime, long lossesBytes, long lossesModified, LaidOver onto)
            implements LossSettings {
        @Override
        public String from() {
            return "log";
        }
    }
}
