package io.rela.distill;

import io.rela.manifest.EpochRecord;
import io.rela.manifest.LossSettings;
import java.util.List;

/** A way to an epoch's losses. Driver only, used once. */
sealed interface LossSource permits Scoring, Importing {
    /** What decides the losses, as far as it is settled. */
    LossSettings settings();

    /** What had made the losses that are read. */
    List<EpochRecord> used();

    /** What making them would be, in words that follow "would". */
    String told();

    /** Writes {@code losses/epoch=E} into the staging folder. */
    EpochLosses.Made make();
}
