package io.rela.distill;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.embed.Embedding;
import io.rela.home.DatasetHome;
import io.rela.home.IfExists;
import io.rela.home.Targets;
import io.rela.image.RejectReason;
import io.rela.manifest.Change;
import io.rela.manifest.Counts;
import io.rela.manifest.Differences;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.Epochs;
import io.rela.manifest.LossSettings;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.Manifest;
import io.rela.manifest.RunInfo;
import io.rela.manifest.StagedTable;
import io.rela.manifest.SubsetSettings;
import io.rela.model.Embedder;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.Figures;
import io.rela.run.Outcome;
import io.rela.run.Shutdown;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/** Stage 2: an epoch's losses, then its subset, then the commit of both. Driver only, used once. */
public final class Distillation {
    /** Failures that no change of the home by another command explains. */
    private static final Set<ExitCode> OWN =
            Set.of(ExitCode.SETTINGS, ExitCode.REJECTS, ExitCode.DEVICE, ExitCode.BUSY, ExitCode.DOUBTFUL);

    private final EpochRequest asked;
    private final CommandRun run;
    private final DatasetHome home;
    /** Why the result says something else than what was asked for: of what is there already. */
    private final List<String> differences = new ArrayList<>();

    private Distillation(EpochRequest asked, CommandRun run) {
        this.asked = asked;
        this.run = run;
        this.home = DatasetHome.at(asked.home().uri(), run.hadoop());
    }

    /**
     * Does what is asked for of an epoch; what is there already, made with the same settings, stays.
     *
     * @throws RelaException when that cannot be; the home is then as it was
     */
    public static CommandResult run(EpochRequest asked, CommandRun run) {
        return new Distillation(asked, run).run();
    }

    private CommandResult run() {
        if (asked.dryRun()) {
            home.look();
            return opened(home.staging(asked.epoch()));
        }
        home.prepareEpoch(
                run.command(),
                asked.epoch(),
                asked.home().overwrites(),
                asked.home().lockWait(run::say));
        Path staging = home.staging(asked.epoch());
        try {
            return opened(staging);
        } finally {
            home.leave(staging);
        }
    }

    private CommandResult opened(Path staging) {
        try {
            Manifest manifest = home.manifest();
            Epochs epochs = new Epochs(manifest, home.root());
            Targets targets = Targets.open(run, home, manifest, epochs.conversion());
            return distill(new EpochWork(run, home, manifest, epochs, targets, asked, staging));
        } finally {
            Embedder.closeIdleModels();
        }
    }

    private CommandResult distill(EpochWork work) {
        Optional<LossSource> source = asked.losses().map(losses -> source(work, losses));
        Optional<EpochRecord> scored = source.flatMap(losses -> there(
                work.epochs().losses(asked.epoch()),
                record -> record.losses().settings(),
                losses.settings(),
                Tables.epoch(Tables.LOSSES, asked.epoch())));
        boolean scores = source.isPresent() && scored.isEmpty();
        if (scored.isPresent() && !asked.dryRun()) {
            // Of a command that was killed when it had committed.
            home.removeOutputs(asked.epoch());
        }
        Optional<Subsetting> subsetting = asked.subset().map(subset -> new Subsetting(work, subset, scores));
        Optional<EpochRecord> selected = subsetting.flatMap(subset -> there(
                work.epochs().subset(asked.epoch()),
                record -> record.subset().settings(),
                subset.settings(),
                Tables.epoch(Tables.SUBSET, asked.epoch())));
        if (!scores && (subsetting.isEmpty() || selected.isPresent())) {
            EpochRecord before = selected.or(() -> scored).orElseThrow();
            return nothingToDo(
                    before,
                    scored,
                    selected.isPresent()
                            ? subsetting.get().settings()
                            : source.get().settings());
        }
        if (!differences.isEmpty()) {
            run.warn(Flag.IF_EXISTS + " skip: epoch " + asked.epoch()
                    + " goes on from what is there, made with other settings (" + String.join("; ", differences)
                    + ").");
        }
        subsetting.ifPresent(Subsetting::refuseUnknownLosses);
        if (asked.dryRun()) {
            return preview(source.filter(losses -> scores), subsetting.filter(subset -> selected.isEmpty()));
        }
        List<EpochRecord> used = Stream.concat(
                        source.filter(losses -> scores).stream().flatMap(losses -> losses.used().stream()),
                        subsetting.stream().flatMap(subset -> subset.used().stream()))
                .toList();
        try {
            Optional<EpochLosses.Made> losses = scores ? source.map(LossSource::make) : Optional.empty();
            Optional<Subsetting.Made> subset =
                    selected.isPresent() ? Optional.empty() : subsetting.map(step -> subset(step, losses));
            return commit(work, new Made(losses, subset, used));
        } catch (Exception failure) {
            // Spark's own exception is a checked one, and its Scala does not say so.
            refuseOutdated(work.epochs(), used, failure);
            throw failure;
        }
    }

    /**
     * What would be done.
     *
     * @param would step by step
     * @param losses the settings that decide the losses that would be made; null for none
     * @param subset the same of the subset
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Preview(List<String> would, LossSettings losses, SubsetSettings subset) implements Figures {}

    /** Without a lock: what another command commits meanwhile may make it another one. */
    private CommandResult preview(Optional<LossSource> losses, Optional<Subsetting> subset) {
        losses.ifPresent(source -> print(Tables.LOSSES.name(), source.settings()));
        subset.ifPresent(step -> print(Tables.SUBSET.name(), step.settings()));
        List<String> would = Stream.concat(
                        losses.stream().map(LossSource::told), subset.stream().map(Subsetting::told))
                .toList();
        return CommandResult.done(
                        home.root() + ": dry run, epoch " + asked.epoch() + " would " + String.join(", then ", would)
                                + ".",
                        new Preview(
                                would,
                                losses.map(LossSource::settings).orElse(null),
                                subset.map(Subsetting::settings).orElse(null)))
                .about(home.root(), table());
    }

    private void print(String table, Figures settings) {
        Differences.values(settings).forEach((name, value) -> run.out()
                .println(String.format(Locale.ROOT, "%-9s %-24s %s", table, name, value)));
    }

    /**
     * What was made, and is to become visible.
     *
     * @param losses of the epoch
     * @param subset of the epoch
     * @param used what had made the losses that were read
     */
    private record Made(Optional<EpochLosses.Made> losses, Optional<Subsetting.Made> subset, List<EpochRecord> used) {}

    private static LossSource source(EpochWork work, LossRequest asked) {
        return asked instanceof LossRequest.Learner learner
                ? new Scoring(work, learner)
                : new Importing(work, (LossRequest.Logged) asked);
    }

    private static Subsetting.Made subset(Subsetting step, Optional<EpochLosses.Made> losses) {
        return step.make(losses.isPresent() ? losses : step.found());
    }

    /** The settings of one part of a record. */
    private interface Settings {
        Figures of(EpochRecord record);
    }

    /** What is there already and may stay; an error when it is something else. */
    private Optional<EpochRecord> there(Optional<EpochRecord> before, Settings settings, Figures wanted, String table) {
        if (before.isEmpty()
                || asked.home().overwrites()
                || home.missing(List.of(table)).isPresent()) {
            return Optional.empty();
        }
        List<String> found = Differences.between(settings.of(before.get()), wanted);
        differences.addAll(found);
        if (!found.isEmpty() && asked.home().ifExists() == IfExists.ERROR) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " holds another " + table + " (" + String.join("; ", found)
                            + "). Use the same settings, another " + Flag.EPOCH + ", or " + Flag.IF_EXISTS
                            + " overwrite.");
        }
        return before;
    }

    private CommandResult nothingToDo(EpochRecord before, Optional<EpochRecord> scored, Figures wanted) {
        boolean same = differences.isEmpty();
        CommandResult result = CommandResult.done(
                        home.root() + ": epoch " + asked.epoch()
                                + (same
                                        ? " is already done with these settings: nothing to do."
                                        : " is already done with other settings (" + String.join("; ", differences)
                                                + "), and " + Flag.IF_EXISTS + " skip leaves it: nothing to do.")
                                + missing(scored),
                        before)
                .about(home.root(), table())
                .ended(same ? Outcome.UNCHANGED : Outcome.SKIPPED);
        return same ? result : result.insteadOf(wanted);
    }

    private static String missing(Optional<EpochRecord> scored) {
        return scored.map(record -> record.counts().rejectedByReason().get(RejectReason.UNREADABLE.label()))
                .map(missing -> " Pictures that were missing: " + missing + ", whose samples have no loss; "
                        + Flag.IF_EXISTS + " overwrite scores anew.")
                .orElse("");
    }

    /** The table that was asked for. */
    private String table() {
        return Tables.epoch(asked.subset().isPresent() ? Tables.SUBSET : Tables.LOSSES, asked.epoch());
    }

    private CommandResult commit(EpochWork work, Made made) {
        AtomicReference<EpochRecord> written = new AtomicReference<>();
        home.whileHeld(() -> {
            Epochs now = new Epochs(home.manifest(), home.root());
            work.epochs().outdatedBy(now, asked.epoch(), made.used()).ifPresent(why -> {
                throw busy(why, null);
            });
            written.set(write(work, now, made));
        });
        if (made.losses().isPresent()) {
            home.removeOutputs(asked.epoch());
        }
        return CommandResult.done(summary(written.get()), written.get()).about(home.root(), table());
    }

    private EpochRecord write(EpochWork work, Epochs now, Made made) {
        Optional<EpochLosses.Made> losses = made.losses();
        Optional<Subsetting.Made> subset = made.subset().map(rows -> rows.beside(now.clusters()));
        if (!subset.equals(made.subset())) {
            work.folder(Tables.CLUSTERS.name()).removed();
        }
        List<StagedTable> tables = new ArrayList<>();
        losses.ifPresent(rows -> tables.addAll(rows.tables()));
        subset.ifPresent(rows -> tables.addAll(rows.tables()));
        Counts counts = losses.map(EpochLosses.Made::counts)
                .orElseGet(() -> Counts.all(work.targets().rows()));
        EpochLosses.Machine machine = losses.map(EpochLosses.Made::machine).orElse(EpochLosses.Machine.NONE);
        EpochRecord record = new EpochRecord(
                run.command(),
                asked.epoch(),
                losses.map(EpochLosses.Made::record).orElse(null),
                subset.map(Subsetting.Made::record).orElse(null),
                now.conversion().source(),
                counts.selecting(
                        subset.map(rows -> rows.record().figures().rows()).orElse(null)),
                RunInfo.of(run, machine.libtorch().orElse("not used"), machine.devices()));
        home.commit(work.staging(), new Change(tables, outdatedTransfer(losses, tables), record));
        return record;
    }

    /** A map of losses that go would be taken for one of those that come. */
    private List<String> outdatedTransfer(Optional<EpochLosses.Made> losses, List<StagedTable> tables) {
        String transfer = Tables.epoch(Tables.TRANSFERS, asked.epoch());
        boolean used = tables.stream().anyMatch(table -> table.name().equals(transfer))
                || losses.map(EpochLosses.Made::record)
                        .map(LossesRecord::transfer)
                        .filter(map -> qualified(map.uri()).equals(home.table(transfer)))
                        .isPresent();
        return losses.isPresent() && !used ? List.of(transfer) : List.of();
    }

    private Path qualified(String uri) {
        return new Path(uri)
                .makeQualified(home.fileSystem().getUri(), home.fileSystem().getWorkingDirectory());
    }

    private RelaException busy(String why, Throwable cause) {
        return new RelaException(
                ExitCode.BUSY,
                "busy: " + home.root() + " has changed while this command worked on epoch " + asked.epoch() + " (" + why
                        + "). It leaves nothing; try again",
                cause);
    }

    /** Throws what another command did to the home, if that is a cause of the failure. */
    private void refuseOutdated(Epochs began, List<EpochRecord> used, Exception failure) {
        RelaException known = RelaException.in(failure);
        if (Shutdown.isRequested() || (known != null && OWN.contains(known.exitCode()))) {
            return;
        }
        AtomicReference<String> found = new AtomicReference<>();
        try {
            // A commit that is being made has to end before it can be seen.
            home.whileHeld(() -> {
                Epochs now = new Epochs(home.manifest(), home.root());
                Optional<String> why = now.clusters().equals(began.clusters())
                        ? began.outdatedBy(now, asked.epoch(), used)
                        : Optional.of("clusters were written meanwhile");
                why.ifPresent(found::set);
            });
        } catch (RuntimeException unknown) {
            failure.addSuppressed(unknown);
        }
        if (found.get() != null) {
            throw busy(found.get(), failure);
        }
    }

    private String summary(EpochRecord record) {
        StringBuilder text = new StringBuilder(home.root() + ": epoch " + asked.epoch());
        Counts counts = record.counts();
        if (record.losses() != null) {
            text.append(String.format(
                    Locale.ROOT,
                    ", %,d samples = %,d scored + %,d without a loss%s, mean %.6f",
                    counts.listed(),
                    counts.converted(),
                    counts.rejected(),
                    Embedding.inBrackets(counts.rejectedByReason()),
                    record.losses().figures().mean()));
            if (record.losses().transfer() != null) {
                text.append(String.format(
                        Locale.ROOT,
                        ", transfer R2 %.4f, mean cosine %.4f",
                        record.losses().transfer().r2(),
                        record.losses().transfer().meanCosine()));
            }
        }
        if (record.subset() != null) {
            text.append(String.format(
                    Locale.ROOT,
                    ", %s chose %,d of %,d",
                    record.subset().settings().policy().policy(),
                    record.subset().figures().rows(),
                    counts.listed()));
            Long without = record.subset().figures().withoutLoss();
            if (without != null && without > 0) {
                text.append(String.format(Locale.ROOT, ", %,d of them without a loss", without));
            }
        }
        return text.append(String.format(
                        Locale.ROOT, ", %.1f s", record.run().seconds().get("total")))
                .toString();
    }
}
