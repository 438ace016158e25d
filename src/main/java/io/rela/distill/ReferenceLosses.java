package io.rela.distill;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.cli.ReferenceOptions;
import io.rela.home.DatasetHome;
import io.rela.home.Epochs;
import io.rela.home.HomeTables;
import io.rela.home.ManifestRecord;
import io.rela.loss.LoggedLosses.Imported;
import io.rela.run.Timings;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Where the losses are that a policy compares others with. Driver only. */
sealed interface ReferenceLosses {
    /** The option that names a log of them. */
    String LOGGED = "reference-losses";

    /** The option that names an epoch of the home. */
    String EPOCH = "reference-losses-epoch";

    /** When the losses of that epoch were made. */
    String MADE = "reference-losses-made";

    /** Every setting that {@link #identity} may have. */
    static Set<String> keys() {
        Set<String> keys = new TreeSet<>(Set.of(EPOCH, MADE));
        keys.addAll(LossLog.keys(LOGGED));
        return keys;
    }

    /**
     * As the options name them.
     *
     * @throws RelaException when a log cannot be listed
     */
    static ReferenceLosses of(
            SparkSession session, DatasetHome home, Epochs epochs, ReferenceOptions options, Timings timings) {
        return options.epoch == null
                ? new Logged(home, new LossLog(session, home, LOGGED, options.losses, options.time), timings)
                : new OfEpoch(home, options.epoch, epochs.losses(options.epoch));
    }

    /** The settings that tell these losses from others, by option name. */
    Map<String, String> identity();

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
    Optional<String> warning(Optional<String> loss);

    /**
     * Opens the table.
     *
     * @param staged folder for a table that is not committed
     * @param settings takes what was found out on the way
     * @param warn takes what a person should know
     */
    RangedFiles open(Path staged, Map<String, String> settings, Consumer<String> warn);

    /**
     * Those of an epoch of the home.
     *
     * @param scored what made them; empty when there are none
     */
    record OfEpoch(DatasetHome home, int epoch, Optional<ManifestRecord> scored) implements ReferenceLosses {
        @Override
        public Map<String, String> identity() {
            Map<String, String> identity = new TreeMap<>();
            identity.put(EPOCH, Integer.toString(epoch));
            scored.ifPresent(record -> identity.put(MADE, record.start()));
            return identity;
        }

        @Override
        public void requireOthers(int lossesEpoch) {
            if (epoch == lossesEpoch) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        "--" + EPOCH + " " + epoch + " is the epoch whose losses are compared with it. Name the epoch"
                                + " that a reference was scored as.");
            }
            if (scored.isEmpty()) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        "--" + EPOCH + " " + epoch + ": " + home.root()
                                + " has no losses of that epoch. Name one that was scored, or score it.");
            }
        }

        @Override
        public Optional<String> warning(Optional<String> loss) {
            return scored.map(record -> record.settings().get(Epochs.LOSS))
                    .filter(kind -> loss.filter(other -> !other.equals(kind)).isPresent())
                    .map(kind -> "The losses are " + loss.get() + ", the reference losses of epoch " + epoch + " "
                            + kind + ": a difference of them says little.");
        }

        @Override
        public RangedFiles open(Path staged, Map<String, String> settings, Consumer<String> warn) {
            return HomeTables.files(home.fileSystem(), home.table(Tables.epoch(Tables.LOSSES, epoch)));
        }
    }

    /** Those of a log: a table in the staging folder, which goes with it. */
    record Logged(DatasetHome home, LossLog log, Timings timings) implements ReferenceLosses {
        @Override
        public Map<String, String> identity() {
            return log.identity();
        }

        @Override
        public void requireOthers(int lossesEpoch) {}

        @Override
        public Optional<String> warning(Optional<String> loss) {
            return Optional.empty();
        }

        @Override
        public RangedFiles open(Path staged, Map<String, String> settings, Consumer<String> warn) {
            Path folder = new Path(staged, LOGGED);
            Imported imported = timings.timed("import", () -> log.read(folder));
            settings.putAll(log.settings(imported));
            long samples = HomeTables.files(home.fileSystem(), home.table(Tables.TARGETS.name()))
                    .rows();
            LossLog.warning("reference losses", imported, samples).ifPresent(warn);
            return HomeTables.files(home.fileSystem(), folder);
        }
    }
}
