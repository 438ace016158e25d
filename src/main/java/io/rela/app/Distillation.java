package io.rela.app;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.image.RejectReason;
import io.rela.prior.Embedder;
import io.rela.settings.IfExists;
import io.rela.source.StorageException;
import io.rela.table.DatasetHome;
import io.rela.table.ManifestRecord;
import io.rela.table.ManifestRecord.Counts;
import io.rela.table.Tables;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** One run of {@code distill}, {@code score} or {@code select}: score, select, commit. Driver only, used once. */
final class Distillation {
    private static final String STAGING = "distill";

    private final EpochCommand asked;
    private final String command;
    private final SparkSession session;
    private final DatasetHome home;
    private final Instant start;
    private final Timings timings = new Timings();
    private final List<String> warnings = new ArrayList<>();
    /** Whether something that is there was made with other settings. */
    private boolean differs;

    Distillation(EpochCommand asked) {
        this.asked = asked;
        this.command = asked.getClass()
                .getAnnotation(picocli.CommandLine.Command.class)
                .name();
        this.session = Sessions.start(command);
        this.start = Instant.now();
        timings.add("start", Timings.sinceProcessStart());
        this.home = DatasetHome.at(asked.home, session.sparkContext().hadoopConfiguration());
    }

    Command.Result run() {
        home.prepare();
        Path staged = home.staging(STAGING);
        boolean resumes = false;
        try {
            return distill(new Epochs(home), staged);
        } catch (Exception e) {
            resumes = StorageException.in(e).isPresent();
            throw e;
        } finally {
            Embedder.closeIdleModels();
            if (resumes || Main.isStopping()) {
                home.leave();
            } else {
                home.leave(staged);
            }
        }
    }

    private Command.Result distill(Epochs epochs, Path staged) {
        Optional<Losses> wanted = wantedLosses(epochs);
        Optional<ManifestRecord> scored = wanted.flatMap(losses -> existing(
                epochs.losses(asked.epoch), losses.identity(), Losses.KEYS, Tables.epoch(Tables.LOSSES, asked.epoch)));
        boolean toScore = wanted.isPresent() && scored.isEmpty();
        Optional<Selecting> selecting = asked.select()
                .map(select -> new Selecting(session, home, epochs, asked, select, toScore, timings, this::warn));
        Optional<ManifestRecord> selected = selecting.flatMap(select -> existing(
                epochs.subset(asked.epoch),
                select.identity(),
                Selecting.keys(),
                Tables.epoch(Tables.SUBSET, asked.epoch)));
        if (!toScore && (selecting.isEmpty() || selected.isPresent())) {
            ManifestRecord record = selected.or(() -> scored).orElseThrow();
            return new Command.Result(
                    home.root() + ": epoch " + asked.epoch
                            + (differs
                                    ? " is already done with other settings, and --if-exists skip leaves it: nothing to do."
                                    : " is already done with these settings: nothing to do.")
                            + missing(scored),
                    home.root().toString(),
                    record);
        }
        if (differs) {
            warn("--if-exists skip: epoch " + asked.epoch + " goes on from what is there, made with other settings.");
        }
        selecting.ifPresent(Selecting::refuseUnknownLosses);
        requireAllTargets(epochs);
        Optional<Losses.Made> made = toScore ? wanted.map(losses -> losses.make(staged)) : Optional.empty();
        Optional<Selecting.Made> subset =
                selected.isPresent() ? Optional.empty() : selecting.map(select -> select.make(staged, made));
        ManifestRecord record = record(epochs, wanted.filter(losses -> toScore), made, selecting, subset);
        List<String> tables = new ArrayList<>();
        made.ifPresent(losses -> tables.addAll(losses.tables()));
        subset.ifPresent(rows -> tables.addAll(rows.tables()));
        // A map of losses that go would be taken for one of those that come.
        String transfer = Tables.epoch(Tables.TRANSFERS, asked.epoch);
        boolean outdated = made.isPresent()
                && !tables.contains(transfer)
                && !made.get().transfer().map(this::uri).equals(Optional.of(home.table(transfer)));
        home.commit(staged, tables, outdated ? List.of(transfer) : List.of(), record);
        return new Command.Result(summary(record), home.root().toString(), record);
    }

    private static String missing(Optional<ManifestRecord> scored) {
        return scored.map(record -> record.counts().rejectedByReason().get(RejectReason.UNREADABLE.label()))
                .map(missing -> " Pictures that were missing: " + missing
                        + ", whose samples have no loss; --if-exists overwrite scores anew.")
                .orElse("");
    }

    private Path uri(ManifestRecord.TransferInfo transfer) {
        return new Path(transfer.uri())
                .makeQualified(home.fileSystem().getUri(), home.fileSystem().getWorkingDirectory());
    }

    /** A file that is gone would make all of this be about fewer samples, and nobody would know. */
    private void requireAllTargets(Epochs epochs) {
        long rows = HomeTables.files(home.fileSystem(), home.table(Tables.TARGETS.name()))
                .rows();
        long converted = epochs.conversion().counts().converted();
        if (rows != converted) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " is damaged: targets has " + rows + " rows, the manifest says " + converted
                            + ". Restore it, or convert again with --if-exists overwrite.");
        }
    }

    private Optional<Losses> wantedLosses(Epochs epochs) {
        if (asked.logged().losses != null) {
            return Optional.of(new Importing(session, home, asked, timings, this::warn));
        }
        return asked.score().map(score -> new Scoring(session, home, epochs, asked, score, timings, this::warn));
    }

    /** What is there already and may stay; an error when it is something else. */
    private Optional<ManifestRecord> existing(
            Optional<ManifestRecord> before, Map<String, String> identity, Set<String> keys, String table) {
        if (before.isEmpty()
                || asked.ifExists == IfExists.OVERWRITE
                || home.missing(List.of(table)).isPresent()) {
            return Optional.empty();
        }
        Map<String, String> was = new TreeMap<>(before.get().settings());
        was.keySet().retainAll(keys);
        List<String> differences = ConvertIdentity.differences(was, identity);
        differs |= !differences.isEmpty();
        if (!differences.isEmpty() && asked.ifExists == IfExists.ERROR) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " holds another " + table + " (" + String.join("; ", differences)
                            + "). Use the same settings, another --epoch, or --if-exists overwrite.");
        }
        return before;
    }

    private ManifestRecord record(
            Epochs epochs,
            Optional<Losses> losses,
            Optional<Losses.Made> made,
            Optional<Selecting> selecting,
            Optional<Selecting.Made> subset) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("epoch", Integer.toString(asked.epoch));
        settings.put("seed", Long.toString(asked.seed));
        losses.ifPresent(l -> settings.putAll(l.identity()));
        made.ifPresent(m -> settings.putAll(m.settings()));
        if (subset.isPresent()) {
            settings.putAll(selecting.orElseThrow().identity());
            settings.putAll(subset.get().settings());
            if (made.isPresent()) {
                settings.put(Selecting.LOSSES_MADE, start.toString());
            }
        }
        Counts counts = made.map(Losses.Made::counts).orElseGet(() -> {
            long rows = epochs.conversion().counts().converted();
            return new Counts(rows, rows, 0, Map.of(), null);
        });
        Instant end = Instant.now();
        timings.add("total", (end.toEpochMilli() - start.toEpochMilli()) / 1000.0);
        return new ManifestRecord(
                command,
                settings,
                made.flatMap(Losses.Made::model).orElse(null),
                epochs.conversion().source(),
                new Counts(
                        counts.listed(),
                        counts.converted(),
                        counts.rejected(),
                        counts.rejectedByReason(),
                        subset.map(s -> s.subset().rows()).orElse(null)),
                null,
                new ManifestRecord.Distillation(
                        asked.epoch,
                        made.map(Losses.Made::info)
                                .or(() -> subset.flatMap(Selecting.Made::losses))
                                .orElse(null),
                        made.flatMap(Losses.Made::transfer).orElse(null),
                        subset.map(Selecting.Made::subset).orElse(null)),
                timings.seconds(),
                Versions.all(made.flatMap(Losses.Made::libtorch).orElse("not used")),
                List.copyOf(new TreeSet<>(made.map(Losses.Made::devices).orElse(List.of()))),
                warnings,
                start.toString(),
                end.toString());
    }

    private String summary(ManifestRecord record) {
        StringBuilder text = new StringBuilder(home.root() + ": epoch " + asked.epoch);
        Counts counts = record.counts();
        ManifestRecord.Distillation done = record.distillation();
        if (record.settings().containsKey(Epochs.LOSS) || record.settings().containsKey(Epochs.LOSSES)) {
            text.append(String.format(
                    Locale.ROOT,
                    ", %,d samples = %,d scored + %,d without a loss, mean %.6f",
                    counts.listed(),
                    counts.converted(),
                    counts.rejected(),
                    done.losses().mean()));
        }
        if (done.transfer() != null) {
            text.append(String.format(
                    Locale.ROOT,
                    ", transfer R2 %.4f, mean cosine %.4f",
                    done.transfer().r2(),
                    done.transfer().meanCosine()));
        }
        if (done.subset() != null) {
            text.append(String.format(
                    Locale.ROOT,
                    ", %s chose %,d of %,d",
                    done.subset().policy(),
                    done.subset().rows(),
                    counts.listed()));
        }
        return text.append(
                        String.format(Locale.ROOT, ", %.1f s", record.seconds().get("total")))
                .toString();
    }

    private void warn(String warning) {
        warnings.add(warning);
        System.err.println(warning);
    }
}
