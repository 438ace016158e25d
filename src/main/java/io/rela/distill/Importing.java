package io.rela.distill;

import io.rela.home.TableFiles;
import io.rela.loss.LoggedLosses.Imported;
import io.rela.manifest.Counts;
import io.rela.manifest.LossInfo;
import io.rela.manifest.LossSettings;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.StagedTable;
import io.rela.rank.KnownLosses;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Losses that a training run logged. */
final class Importing implements LossSource {
    private final EpochWork work;
    private final LossLog log;

    Importing(EpochWork work, LossRequest.Log asked) {
        this.work = work;
        this.log = new LossLog(work, asked);
    }

    @Override
    public LossSettings.Logged settings() {
        return log.settings();
    }

    @Override
    public EpochLosses.Made make() {
        int epoch = work.asked().epoch();
        String table = Tables.epoch(Tables.LOSSES, epoch);
        TableFolder folder = work.folder(table);
        Imported imported = log.read(folder, "losses");
        KnownLosses losses = imported.losses();
        Counts counts = counts(imported);
        StagedTable staged = work.staged(table);
        return new EpochLosses.Made(
                epoch,
                TableFiles.ranged(staged, folder.path()),
                new LossesRecord(
                        settings(),
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
        byReason.put("no-loss", samples - rows - imported.notFinite());
        byReason.put("not-finite-loss", imported.notFinite());
        byReason.values().removeIf(count -> count == 0);
        return new Counts(samples, rows, samples - rows, byReason, null);
    }
}
