package io.rela.distill;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.home.TableFiles;
import io.rela.loss.LoggedLosses.Imported;
import io.rela.loss.LoggedLosses;
import io.rela.loss.LossTally;
import io.rela.manifest.Counts;
import io.rela.manifest.LossInfo;
import io.rela.manifest.LossSettings;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.StagedTable;
import io.rela.table.Tables;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Losses that a training run logged. */
final class Importing implements LossSource {
    private final EpochWork work;
    private final LossRequest.Log asked;
    private final LogFiles log;

    Importing(EpochWork work, LossRequest.Log asked) {
        this.work = work;
        this.asked = asked;
        this.log = LogFiles.list(asked, work.run().hadoop());
    }

    @Override
    public LossSettings.Logged settings() {
        return log.settings(asked);
    }

    @Override
    public EpochLosses.Made make() {
        int epoch = work.asked().epoch();
        String table = Tables.epoch(Tables.LOSSES, epoch);
        Imported imported = work.run()
                .timed(
                        "import",
                        () -> LoggedLosses.run(
                                work.run().session(),
                                asked.uri(),
                                log.isCsv(),
                                asked.time(),
                                work.targets().table().select(Tables.INDEX, Tables.ID),
                                work.folder(table)));
        LossTally losses = imported.losses();
        if (losses.count() == 0) {
            throw new RelaException(
                    ExitCode.INPUT,
                    "--losses " + asked.uri() + " holds no finite loss of a sample of this home ("
                            + imported.logged() + " rows, " + imported.unknown() + " of unknown samples, "
                            + imported.notFinite() + " not finite). Is it the log of this data set?");
        }
        Counts counts = counts(imported);
        StagedTable staged = work.staged(table);
        return new EpochLosses.Made(
                epoch,
                TableFiles.ranged(staged, work.folder(table).path()),
                new LossesRecord(
                        settings(),
                        null,
                        null,
                        null,
                        new LossInfo(epoch, losses.mean(), losses.smallest(), losses.largest(), counts.rejected()),
                        new LossesRecord.LogInfo(imported.logged(), imported.unknown(), imported.superseded())),
                List.of(staged),
                counts,
                EpochLosses.Machine.NONE);
    }

    private Counts counts(Imported imported) {
        long samples = work.targets().rows();
        long rows = imported.losses().count();
        Map<String, Long> byReason = new TreeMap<>();
        byReason.put("no-loss", samples - rows - imported.notFinite());
        byReason.put("not-finite-loss", imported.notFinite());
        byReason.values().removeIf(count -> count == 0);
        if (imported.unknown() > 0 || !byReason.isEmpty()) {
            work.run()
                    .warn(String.format(
                            Locale.ROOT,
                            "Of %,d logged losses %,d are of samples that the home does not have, %,d were superseded,"
                                    + " %,d are not finite; %,d of %,d samples have a loss.",
                            imported.logged(),
                            imported.unknown(),
                            imported.superseded(),
                            imported.notFinite(),
                            rows,
                            samples));
        }
        return new Counts(samples, rows, samples - rows, byReason, null);
    }
}
