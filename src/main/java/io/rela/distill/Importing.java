package io.rela.distill;

import io.rela.cli.EpochCommand;
import io.rela.home.DatasetHome;
import io.rela.home.Epochs;
import io.rela.home.HomeTables;
import io.rela.home.ManifestRecord.Counts;
import io.rela.loss.LoggedLosses.Imported;
import io.rela.run.Timings;
import io.rela.table.Tables;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Losses that a training run logged. */
final class Importing implements Losses {
    private final SparkSession session;
    private final DatasetHome home;
    private final EpochCommand asked;
    private final Timings timings;
    private final Consumer<String> warn;
    private final LossLog log;

    Importing(SparkSession session, DatasetHome home, EpochCommand asked, Timings timings, Consumer<String> warn) {
        this.session = session;
        this.home = home;
        this.asked = asked;
        this.timings = timings;
        this.warn = warn;
        this.log = new LossLog(session, home, Epochs.LOSSES, asked.logged().losses, asked.logged().time);
    }

    @Override
    public Map<String, String> identity() {
        return log.identity();
    }

    @Override
    public Made make(Path staged) {
        String table = Tables.epoch(Tables.LOSSES, asked.epoch);
        Path folder = new Path(staged, table);
        Imported imported = timings.timed("import", () -> log.read(folder));
        long samples = HomeTables.files(home.fileSystem(), home.table(Tables.TARGETS.name()))
                .rows();
        Map<String, Long> byReason = new TreeMap<>();
        byReason.put("no-loss", samples - imported.rows() - imported.notFinite());
        byReason.put("not-finite-loss", imported.notFinite());
        byReason.values().removeIf(count -> count == 0);
        LossLog.warning("losses", imported, samples).ifPresent(warn);
        return new Made(
                List.of(table),
                log.settings(imported),
                new Counts(samples, imported.rows(), samples - imported.rows(), byReason, null),
                LossFigures.of(session, home, folder, asked.epoch, asked.partitions),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }
}
