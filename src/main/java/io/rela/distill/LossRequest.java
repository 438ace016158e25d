package io.rela.distill;

import io.rela.embed.EmbedRequest;
import io.rela.loss.LossKind;
import io.rela.model.ModelRequest;
import java.util.Optional;

/** Where an epoch's losses are to come from. Immutable. */
public sealed interface LossRequest permits LossRequest.Learner, LossRequest.Logged {
    /**
     * A learner, run over all samples.
     *
     * @param model the learner
     * @param loss what is computed
     * @param transfer the linear map from its outputs to targets
     * @param embed how it is run
     */
    record Learner(ModelRequest model, LossKind loss, Transfer transfer, EmbedRequest embed) implements LossRequest {}

    /**
     * Losses of a training run.
     *
     * @param log where they are
     * @param onto what they are laid over
     */
    record Logged(Log log, Onto onto) implements LossRequest {}

    /** Earlier losses that logged ones are laid over: those of samples that the log has none of. */
    sealed interface Onto {
        /** Those of the last epoch before this one that has some; none where no epoch has. */
        record Newest() implements Onto {}

        /**
         * Those of an epoch.
         *
         * @param setting name of the setting that names it, for messages
         * @param epoch another than the one that is made
         */
        record OfEpoch(String setting, int epoch) implements Onto {}

        /** None: samples that the log has no loss of have none. */
        record Nothing() implements Onto {}
    }

    /**
     * A log of a training run.
     *
     * @param setting name of the setting that names it, for messages
     * @param uri of Parquet or CSV
     * @param time column that tells newer from older; empty for the usual ones
     */
    record Log(String setting, String uri, Optional<String> time) {}

    /**
     * The linear map from a learner's outputs to targets.
     *
     * @param kind where it comes from
     * @param uri of a fitted one; empty for the other kinds
     * @param share of the samples that it is fitted to, in (0, 1]; empty for enough
     * @param ridge penalty of the fit, in mean variances of the outputs
     */
    record Transfer(Kind kind, Optional<String> uri, Optional<Double> share, double ridge) {
        /** As a fit is usually made. */
        public static final double USUAL_RIDGE = 1e-3;

        /** None where lengths are equal or the loss is of labels, else fitted. */
        public static final Transfer USUAL = new Transfer(Kind.AUTO, Optional.empty(), Optional.empty(), USUAL_RIDGE);

        /** Where a map comes from. */
        public enum Kind {
            /** Fitted where it is needed. */
            AUTO,
            /** Fitted. */
            FIT,
            /** There is none. */
            NONE,
            /** Fitted before. */
            STORED
        }
    }
}
