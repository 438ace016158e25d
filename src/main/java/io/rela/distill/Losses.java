package io.rela.distill;

import io.rela.embed.EmbedPlan;
import io.rela.home.Epochs;
import io.rela.home.ManifestRecord.Counts;
import io.rela.home.ManifestRecord.LossInfo;
import io.rela.home.ManifestRecord.ModelInfo;
import io.rela.home.ManifestRecord.TransferInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/** A way to an epoch's losses. Driver only, used once. */
sealed interface Losses permits Scoring, Importing {
    /** Every setting that may decide losses. */
    Set<String> KEYS = Set.of(
            "learner-sha256",
            "input-size",
            "resize",
            "interpolation",
            "mean",
            "std",
            Epochs.LOSS,
            "transfer",
            "transfer-sha256",
            "transfer-share",
            "transfer-seed",
            "ridge",
            EmbedPlan.BATCH_SIZE,
            Epochs.LOSSES,
            "losses-time",
            "losses-bytes",
            "losses-modified");

    /** The settings that decide the losses, by option name. */
    Map<String, String> identity();

    /** Writes {@code losses/epoch=E} into the staging folder. */
    Made make(Path staged);

    /**
     * What was made.
     *
     * @param tables to commit
     * @param settings that were resolved on the way
     * @param counts of samples
     * @param info on the losses
     * @param model the learner
     * @param transfer that was used
     * @param libtorch that computed
     * @param devices that computed
     */
    record Made(
            List<String> tables,
            Map<String, String> settings,
            Counts counts,
            LossInfo info,
            Optional<ModelInfo> model,
            Optional<TransferInfo> transfer,
            Optional<String> libtorch,
            List<String> devices) {}
}
