package io.rela.distill;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.home.TableFiles;
import io.rela.loss.LoggedLosses.Imported;
import io.rela.loss.LossKind;
import io.rela.manifest.Counts;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.LossInfo;
import io.rela.manifest.LossSettings;
import io.rela.manifest.LossSettings.LaidOver;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.StagedTable;
import io.rela.rank.KnownLosses;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Losses that a training run logged. */
final class Importing implements LossSource {
    private final EpochWork work;
    private final LossLog log;
    private final LossRequest.Onto onto;
    /** What had made the losses that these are laid over. */
    private final Optional<EpochRecord> earlier;

    private final LossSettings.Logged settings;

    /** @throws RelaException when the log cannot be listed, or is to be laid over losses that are not there */
    Importing(EpochWork work, LossRequest.Logged asked) {
        this.work = work;
        this.log = new LossLog(work, asked.log());
        this.onto = asked.onto();
        this.earlier = earlier();
        this.settings = standing()
                .map(settled -> log.settings(Optional.ofNullable(settled.onto())))
                .orElseGet(() -> log.settings(earlier.map(
                        record -> new LaidOver(record.epoch(), record.run().start()))));
    }

    private Optional<EpochRecord> earlier() {
        int epoch = work.asked().epoch();
        if (onto instanceof LossRequest.Onto.OfEpoch named) {
            String setting = named.setting() + " " + named.epoch();
            if (named.epoch() == epoch) {
                throw new RelaException(
                        ExitCode.SETTINGS, setting + " is the epoch whose losses are made. Name another one.");
            }
            return Optional.of(work.epochs()
                    .losses(named.epoch())
                    .orElseThrow(() -> new RelaException(
                            ExitCode.SETTINGS,
                            setting + ": " + work.home().root()
                                    + " has no losses of that epoch. Name one that was scored, newest, or none.")));
        }
        return onto instanceof LossRequest.Onto.Newest ? work.epochs().lossesUpTo(epoch - 1) : Optional.empty();
    }

    /** What this epoch's losses were laid over stays so, while they stand and nobody names another epoch. */
    private Optional<LossSettings.Logged> standing() {
        int epoch = work.asked().epoch();
        boolean stand = onto instanceof LossRequest.Onto.Newest
                && !work.asked().home().overwrites()
                && work.home()
                        .missing(List.of(Tables.epoch(Tables.LOSSES, epoch)))
                        .isEmpty();
        return work.epochs()
                .losses(epoch)
                .filter(record -> stand)
                .map(record -> record.losses().settings())
                .filter(LossSettings.Logged.class::isInstance)
                .map(LossSettings.Logged.class::cast);
    }

    @Override
    public LossSettings.Logged settings() {
        return settings;
    }

    /** What was computed, of losses that were laid over others of the lowest ones; empty where nobody knows. */
    private Optional<LossKind> kind(EpochRecord made) {
        if (!(made.losses().settings() instanceof LossSettings.Logged logged) || logged.onto() == null) {
            return ReferenceLosses.kind(made);
        }
        return work.epochs()
                .losses(logged.onto().lossesOnto())
                .filter(below -> below.run().start().equals(logged.onto().lossesOntoMade()))
                .flatMap(this::kind);
    }

    @Override
    public List<EpochRecord> used() {
        return earlier.stream().toList();
    }

    @Override
    public String told() {
        log.look();
        return String.format(
                Locale.ROOT,
                "read %,d bytes of logged losses%s",
                settings.lossesBytes(),
                settings.onto() == null
                        ? ""
                        : " and lay them over those of epoch " + settings.onto().lossesOnto());
    }

    @Override
    public EpochLosses.Made make() {
        int epoch = work.asked().epoch();
        String table = Tables.epoch(Tables.LOSSES, epoch);
        TableFolder folder = work.folder(table);
        Imported imported = log.read(
                folder, "losses", earlier.map(record -> work.opened(Tables.epoch(Tables.LOSSES, record.epoch()))));
        if (imported.earlier() > 0) {
            earlier.flatMap(this::kind).ifPresent(kind -> work.run()
                    .warn(String.format(
                            Locale.ROOT,
                            "%,d samples keep their loss of epoch %d, where some are the %s of a learner: if what was logged is"
                                    + " another, name " + Flag.LOSSES_ONTO + " none.",
                            imported.earlier(),
                            earlier.get().epoch(),
                            kind.label())));
        }
        KnownLosses losses = imported.losses();
        Counts counts = counts(imported);
        StagedTable staged = work.staged(table);
        return new EpochLosses.Made(
                epoch,
                TableFiles.readable(staged, folder),
                new LossesRecord(
                        settings,
                        null,
                        null,
                        null,
                        new LossInfo(epoch, losses.mean(), losses.smallest(), losses.largest(), counts.rejected()),
                        LossLog.info(imported)),
                List.of(staged),
                counts,
                EpochLosses.Machine.NONE);
    }

    private Counts counts(Imported imported) {
        long samples = work.targets().rows();
        long rows = imported.losses().number();
        Map<String, Long> byReason = new TreeMap<>();
        byReason.put("no-loss", samples - rows - imported.notFiniteAlone());
        byReason.put("not-finite-loss", imported.notFiniteAlone());
        byReason.values().removeIf(count -> count == 0);
        return new Counts(samples, rows, samples - rows, byReason, null);
    }
}
