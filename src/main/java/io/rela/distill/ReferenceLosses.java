package io.rela.distill;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.home.TableFiles;
import io.rela.loss.LoggedLosses.Imported;
import io.rela.loss.LossKind;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.LossSettings;
import io.rela.manifest.LossesRecord.LogInfo;
import io.rela.manifest.SubsetSettings;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.util.Optional;

/** The losses that a policy compares others with. Driver only. */
sealed interface ReferenceLosses {
    /**
     * As somebody named them.
     *
     * @throws RelaException when a log cannot be listed
     */
    static ReferenceLosses of(EpochWork work, SubsetRequest.Reference asked) {
        return asked instanceof SubsetRequest.Reference.OfEpoch named
                ? new OfEpoch(work, named, work.epochs().losses(named.epoch()))
                : new Logged(work, new LossLog(work, ((SubsetRequest.Reference.OfLog) asked).log()));
    }

    /** What made them, where they are those of an epoch. */
    Optional<EpochRecord> scored();

    /** What tells these losses from others. */
    SubsetSettings.ReferenceLosses settings();

    /**
     * Makes sure that they are there, and others than the losses that they are compared with.
     *
     * @param lossesEpoch whose losses are compared
     * @throws RelaException otherwise
     */
    void requireOthers(int lossesEpoch);

    /**
     * What a person should know before losses of one kind are compared with losses of another.
     *
     * @param loss the kind of the losses that are compared, where it is known
     */
    Optional<String> warning(Optional<LossKind> loss);

    /** Opens the table, which is made where it is not there. */
    Opened open();

    /**
     * The table.
     *
     * @param files of it
     * @param log what became of the log's rows; empty without a log
     */
    record Opened(RangedFiles files, Optional<LogInfo> log) {}

    /**
     * Those of an epoch of the home.
     *
     * @param scored what made them; empty when there are none
     */
    record OfEpoch(EpochWork work, SubsetRequest.Reference.OfEpoch asked, Optional<EpochRecord> scored)
            implements ReferenceLosses {
        @Override
        public SubsetSettings.ReferenceLosses settings() {
            return SubsetSettings.ReferenceLosses.ofEpoch(
                    asked.epoch(), scored.map(record -> record.run().start()).orElse(null));
        }

        @Override
        public void requireOthers(int lossesEpoch) {
            String named = asked.setting() + " " + asked.epoch();
            if (asked.epoch() == lossesEpoch) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        named + " is the epoch whose losses are compared with it. Name the epoch that a reference was"
                                + " scored as.");
            }
            if (scored.isEmpty()) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        named + ": " + work.home().root()
                                + " has no losses of that epoch. Name one that was scored, or score it.");
            }
        }

        @Override
        public Optional<String> warning(Optional<LossKind> loss) {
            return scored.flatMap(ReferenceLosses::kind)
                    .filter(kind -> loss.filter(other -> other != kind).isPresent())
                    .map(kind -> "The losses are " + loss.get() + ", the reference losses of epoch " + asked.epoch()
                            + " " + kind + ": a difference of them says little.");
        }

        @Override
        public Opened open() {
            return new Opened(work.opened(Tables.epoch(Tables.LOSSES, asked.epoch())), Optional.empty());
        }
    }

    /** What was computed; empty for logged losses. */
    static Optional<LossKind> kind(EpochRecord scored) {
        return scored.losses().settings() instanceof LossSettings.Scored settings
                ? Optional.of(settings.loss())
                : Optional.empty();
    }

    /** Those of a log: a table in the staging folder, which goes with it. */
    record Logged(EpochWork work, LossLog log) implements ReferenceLosses {
        @Override
        public Optional<EpochRecord> scored() {
            return Optional.empty();
        }

        @Override
        public SubsetSettings.ReferenceLosses settings() {
            return SubsetSettings.ReferenceLosses.ofLog(log.settings(Optional.empty()));
        }

        @Override
        public void requireOthers(int lossesEpoch) {}

        @Override
        public Optional<String> warning(Optional<LossKind> loss) {
            return Optional.empty();
        }

        @Override
        public Opened open() {
            TableFolder folder = work.scratch("reference-losses");
            Imported imported = log.read(folder, "reference losses", Optional.empty());
            return new Opened(
                    TableFiles.readable(TableFiles.staged(folder.path().getName(), folder), folder),
                    Optional.of(LossLog.info(imported)));
        }
    }
}
