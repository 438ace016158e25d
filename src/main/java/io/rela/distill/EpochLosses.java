package io.rela.distill;

import io.rela.manifest.Counts;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.StagedTable;
import io.rela.table.RangedFiles;
import java.util.List;
import java.util.Optional;

/** The losses that a subset may be chosen by. Immutable. */
sealed interface EpochLosses permits EpochLosses.Made, EpochLosses.Found {
    /** Whose losses they are. */
    int epoch();

    /** Their table, where it lies now. */
    RangedFiles files();

    /**
     * Made by this command.
     *
     * @param epoch whose losses they are
     * @param files their table, where it lies now
     * @param record what was made
     * @param tables to commit
     * @param counts samples by fate
     * @param machine that computed
     */
    record Made(
            int epoch, RangedFiles files, LossesRecord record, List<StagedTable> tables, Counts counts, Machine machine)
            implements EpochLosses {}

    /**
     * There before.
     *
     * @param record of the command that made them
     * @param files their table
     */
    record Found(EpochRecord record, RangedFiles files) implements EpochLosses {
        @Override
        public int epoch() {
            return record.epoch();
        }
    }

    /**
     * What computed.
     *
     * @param libtorch its version; empty where there was none
     * @param devices of the tasks
     */
    record Machine(Optional<String> libtorch, List<String> devices) {
        /** Nothing that could change a number. */
        static final Machine NONE = new Machine(Optional.empty(), List.of());
    }
}
