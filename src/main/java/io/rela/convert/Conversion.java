package io.rela.convert;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.embed.EmbedPlan;
import io.rela.embed.Embedding;
import io.rela.embed.Listed;
import io.rela.embed.TaskReport;
import io.rela.embed.WaveStore;
import io.rela.home.DatasetHome;
import io.rela.home.IfExists;
import io.rela.home.TableFiles;
import io.rela.image.RejectReason;
import io.rela.manifest.Change;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionRecord.ProjectionInfo;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.ConversionSettings.ProjectionSettings;
import io.rela.manifest.Counts;
import io.rela.manifest.Differences;
import io.rela.manifest.Manifest;
import io.rela.manifest.MannerInfo;
import io.rela.manifest.ModelInfo;
import io.rela.manifest.RunInfo;
import io.rela.manifest.SourceSettings;
import io.rela.manifest.StagedTable;
import io.rela.manifest.ViewSettings;
import io.rela.model.Embedder;
import io.rela.model.ModelFile;
import io.rela.model.TorchScript;
import io.rela.moments.FeatureRows;
import io.rela.moments.Moments;
import io.rela.moments.MomentsStep;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionKind;
import io.rela.projection.ProjectionTable;
import io.rela.projection.Projections;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.Outcome;
import io.rela.run.Redaction;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.source.InputFormat;
import io.rela.source.Listing;
import io.rela.source.Missing;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;

/** Stage 1: images and a prior model become features, projection, targets and rejects. Driver only, used once. */
public final class Conversion {
    /** What a conversion makes. */
    private static final List<String> TABLES =
            List.of(Tables.FEATURES.name(), Tables.PROJECTION.name(), Tables.TARGETS.name(), Tables.REJECTS.name());

    /** What was made of the targets that it replaces. */
    private static final List<String> STAGE_TWO =
            List.of(Tables.LOSSES.name(), Tables.SUBSET.name(), Tables.CLUSTERS.name(), Tables.TRANSFERS.name());

    private final ConvertRequest asked;
    private final CommandRun run;
    private final DatasetHome home;
    private final WaveStore<ConversionSettings> store;

    private Conversion(ConvertRequest asked, CommandRun run) {
        this.asked = asked;
        this.run = run;
        this.home = DatasetHome.at(asked.home().uri(), run.hadoop());
        this.store =
                new WaveStore<>(home.fileSystem(), home.staging(ConversionRecord.COMMAND), ConversionSettings.class);
    }

    /**
     * Does what is asked for, or goes on where an earlier run with the same settings stopped.
     *
     * @throws RelaException when that cannot be; what was embedded is kept
     */
    public static CommandResult run(ConvertRequest asked, CommandRun run) {
        return new Conversion(asked, run).run();
    }

    /** What a home keeps of a conversion that has not ended; empty for nothing, or where it cannot be read. */
    public static Optional<String> kept(String uri, Configuration conf) {
        try {
            DatasetHome home = DatasetHome.at(uri, conf);
            WaveStore<ConversionSettings> store = new WaveStore<>(
                    home.fileSystem(), home.staging(ConversionRecord.COMMAND), ConversionSettings.class);
            return store.state().map(state -> {
                List<List<TaskReport>> finished = state.plan().waves().stream()
                        .flatMap(wave -> store.wave(wave).stream())
                        .toList();
                return String.format(
                        Locale.ROOT,
                        "keeps %,d of %,d waves, %,d of %,d pictures",
                        finished.size(),
                        state.plan().waves().size(),
                        finished.stream()
                                .flatMap(List::stream)
                                .mapToLong(TaskReport::samples)
                                .sum(),
                        state.source().count());
            });
        } catch (RuntimeException | FSError e) {
            return Optional.empty();
        }
    }

    private CommandResult run() {
        ModelFile prior = ModelFile.read(asked.prior(), run.hadoop());
        ImageSource source = ImageSource.open(
                asked.pictures().input(),
                asked.pictures().format(),
                asked.pictures().columns(),
                run.hadoop());
        refuseNested(source);
        Broadcast<byte[]> module = run.spark().broadcast(prior.bytes());
        home.prepare(ConversionRecord.COMMAND, asked.home().lockWait(run::say));
        Path listed = home.staging("listing");
        try {
            Optional<CommandResult> skipped = skipped(prior, source);
            return skipped.isPresent() ? skipped.get() : convert(prior, module, source, listed);
        } finally {
            Embedder.closeIdleModels();
            module.destroy();
            home.leave(listed);
        }
    }

    private CommandResult convert(ModelFile prior, Broadcast<byte[]> module, ImageSource source, Path listed) {
        Listed now = run.timed("list", () -> list(source, listed));
        Fingerprint is = run.timed("list", () -> Fingerprints.of(run.session(), now));
        Optional<Listed> before = run.timed("list", () -> before(source, now, is));
        ConvertPlan plan = plan(
                prior,
                module,
                source,
                before.isPresent() ? store.state().orElseThrow().source() : is);
        plan.embedding().warning().ifPresent(run::warn);
        Optional<ConversionRecord> done = finished().filter(record -> isDone(plan, record, source, now));
        if (done.isPresent()) {
            return result(
                    Outcome.UNCHANGED,
                    " is already converted with these settings: nothing to do." + stillMissing(done.get()),
                    done.get());
        }
        Listed samples = goesOn(plan) ? before.orElse(now) : begin(plan, now, listed);
        List<TaskReport> reports = embed(plan, samples.files());
        Counts counts = counts(plan, reports);
        RangedFiles features = store.features(reports);
        Projection projection = run.timed("project", () -> fit(plan, features, counts));
        List<StagedTable> tables = write(plan, source, samples, reports, projection);
        return commit(prior, plan, reports, samples.classNames(), new Made(counts, projection, tables));
    }

    /** What was made. */
    private record Made(Counts counts, Projection projection, List<StagedTable> tables) {}

    private Optional<ConversionRecord> finished() {
        return home.manifest().newest(ConversionRecord.class);
    }

    /** The listing as a table sorted by index, of which a wave reads only its part. */
    private Listed list(ImageSource source, Path listed) {
        try (Listing listing = source.list(run.session())) {
            listing.warnings().forEach(run::warn);
            if (listing.count() < 2 && asked.axes().kind() != ProjectionKind.NONE) {
                throw tooFew(listing.count());
            }
            return ListingStep.run(run.spark(), listing, new TableFolder(home.fileSystem(), listed).empty());
        }
    }

    /**
     * The listing that an unfinished conversion began with, where today's lacks nothing but pictures that are gone, and those
     * may be rejects; empty where today's will do.
     */
    private Optional<Listed> before(ImageSource source, Listed now, Fingerprint is) {
        Optional<WaveStore.State<ConversionSettings>> begun =
                store.state().filter(state -> !state.source().equals(is));
        if (begun.isEmpty() || asked.home().overwrites()) {
            return Optional.empty();
        }
        Optional<Listed> kept = store.keptListing();
        Optional<GonePictures> gone = kept.flatMap(listing -> GonePictures.between(
                GonePictures.entries(run.spark(), listing.files()),
                begun.get().source(),
                GonePictures.entries(run.spark(), now.files()),
                is,
                source.format()));
        if (gone.isEmpty()) {
            return Optional.empty();
        }
        long count = gone.get().count();
        String what =
                (count == 1 ? "1 picture is" : count + " pictures are") + " gone since this conversion began, such as "
                        + gone.get().files().iterator().next();
        if (asked.embed().missing() == Missing.FAIL) {
            throw new RelaException(
                    ExitCode.INPUT,
                    what
                            + ". Put back what is gone, count it as rejects with " + Flag.MISSING
                            + " reject, or begin anew with " + Flag.IF_EXISTS
                            + " overwrite.");
        }
        run.warn(what + ": they are rejects.");
        return kept;
    }

    private ConvertPlan plan(ModelFile prior, Broadcast<byte[]> module, ImageSource source, Fingerprint fingerprint) {
        TorchScript model = new TorchScript(prior.name(), prior.sha256(), module::value);
        return run.timed(
                "probe",
                () -> ConvertPlan.resolve(
                        asked,
                        new EmbedPlan.Subject(
                                prior,
                                model,
                                Optional.of(source),
                                fingerprint.count(),
                                asked.prior().allowUnstable()),
                        fingerprint,
                        new ConvertPlan.Before(store.state(), finished()),
                        run));
    }

    private List<TaskReport> embed(ConvertPlan plan, RangedFiles samples) {
        Embedding embedding = new Embedding(
                run, asked.embed(), plan.embedding(), samples, plan.source().count(), store);
        List<TaskReport> reports = run.timed("embed", embedding::reports);
        refuseNone(counts(plan, reports), () -> embedding.examples(reports));
        store.deleteOrphans(reports);
        return reports;
    }

    private static Counts counts(ConvertPlan plan, List<TaskReport> reports) {
        long listed = plan.source().count();
        long converted = reports.stream().mapToLong(TaskReport::converted).sum();
        return new Counts(listed, converted, listed - converted, Embedding.byReason(reports), null);
    }

    private static void refuseNone(Counts counts, Supplier<List<String>> examples) {
        if (counts.converted() == 0) {
            throw new RelaException(
                    ExitCode.REJECTS,
                    String.format(
                            Locale.ROOT,
                            "None of the %,d pictures could be converted: %s. Look at the input.",
                            counts.listed(),
                            Embedding.told(counts.rejectedByReason(), examples.get())));
        }
    }

    private Projection fit(ConvertPlan plan, RangedFiles features, Counts counts) {
        ProjectionSettings axes = plan.settings().projection();
        if (counts.converted() < 2 && axes.projection() != ProjectionKind.NONE) {
            throw tooFew(counts.converted());
        }
        Moments moments = MomentsStep.of(
                FeatureRows.of(run.spark(), features), plan.embedding().waves().block());
        return Projections.fit(axes.projection(), moments, axes.dimensions(), axes.seed());
    }

    private List<StagedTable> write(
            ConvertPlan plan, ImageSource source, Listed samples, List<TaskReport> reports, Projection projection) {
        run.timed(
                "project",
                () -> ProjectionTable.write(
                        projection,
                        staged(Tables.PROJECTION.name()).removed().path().toString(),
                        run.session()));
        TargetsStep.Given given = new TargetsStep.Given(
                samples.files(),
                plan.source().bytes(),
                plan.embedding().waves(),
                asked.keepImages() ? Optional.of(source) : Optional.empty(),
                store.features(reports),
                projection);
        run.timed("targets", () -> TargetsStep.run(run.spark(), given, run.slots(), staged(Tables.TARGETS.name())));
        run.timed(
                "rejects",
                () -> RejectsStep.run(
                        run.spark(),
                        store.folder(),
                        reports,
                        staged(Tables.REJECTS.name()).empty()));
        return TABLES.stream()
                .map(table -> TableFiles.staged(
                        home.fileSystem(), table, staged(table).path()))
                .toList();
    }

    private TableFolder staged(String table) {
        return new TableFolder(home.fileSystem(), new Path(store.folder(), table));
    }

    private CommandResult commit(
            ModelFile prior, ConvertPlan plan, List<TaskReport> reports, List<String> classNames, Made made) {
        requireRows(made, Tables.FEATURES.name(), made.counts().converted());
        requireRows(made, Tables.TARGETS.name(), made.counts().converted());
        requireRows(made, Tables.REJECTS.name(), made.counts().rejected());
        reports.forEach(report -> run.add(report.seconds()));
        ConversionRecord record = new ConversionRecord(
                ConversionRecord.COMMAND,
                plan.settings(),
                new MannerInfo(
                        asked.embed().device().toString(),
                        asked.embed().missing(),
                        asked.embed().maxRejects(),
                        asked.embed().batchSizeAsked()),
                new ModelInfo(
                        Redaction.of(prior.uri()),
                        prior.sha256(),
                        plan.embedding().probe().outputDimension(),
                        prior.preprocessing().inputSize()),
                plan.source(),
                new ConversionRecord.Result(made.counts(), info(made.projection())),
                RunInfo.of(
                        run,
                        plan.embedding().probe().libtorch(),
                        reports.stream().map(TaskReport::device).toList()));
        home.commit(store.folder(), new Change(made.tables(), STAGE_TWO, record, Optional.of(classNames)));
        home.removeAbandoned(epoch -> true);
        return result(Outcome.DONE, summary(record), record);
    }

    /** The footers say what was written: whatever went wrong on the way does not become visible. */
    private static void requireRows(Made made, String table, long rows) {
        long written = made.tables().stream()
                .filter(staged -> staged.name().equals(table))
                .mapToLong(StagedTable::rows)
                .sum();
        if (written != rows) {
            throw new IllegalStateException(table + " has " + written + " rows instead of " + rows);
        }
    }

    private ProjectionInfo info(Projection projection) {
        double explained = 0;
        for (float variance : projection.explainedVariance()) {
            explained += variance;
        }
        return new ProjectionInfo(
                asked.axes().kind().label(),
                projection.outputDimension(),
                projection.totalVariance() == 0 ? 0 : Math.min(1, explained / projection.totalVariance()),
                projection.zeroVariance());
    }

    /** Whether there is nothing to do, or nothing that could be done better now than when it was done. */
    private boolean isDone(ConvertPlan plan, ConversionRecord finished, ImageSource source, Listed now) {
        if (asked.home().overwrites()) {
            return false;
        }
        Optional<String> gone = home.missing(TABLES).map(table -> table + "/ is gone");
        Optional<MissingPictures> missing =
                gone.isPresent() ? Optional.empty() : MissingPictures.of(run.spark(), home, finished);
        boolean sameSource = missing.isPresent() && missing.get().explain(now, plan.source(), source.format());
        Optional<String> difference = plan.differenceFrom(
                        finished.settings(), sameSource ? plan.source() : finished.source())
                .or(() -> gone);
        difference.ifPresent(d -> refuseUnlessOverwrite("holds a finished conversion that is not this one", d));
        if (difference.isPresent()) {
            return false;
        }
        long back = missing.map(pictures -> pictures.back(source, now)).orElse(0L);
        if (back == 0) {
            return true;
        }
        String what = "Pictures that were missing when this was converted and are there now: " + back + " of "
                + missing.get().count() + ". ";
        List<String> lost = stageTwo();
        if (!lost.isEmpty()) {
            run.warn(what + "With other targets " + String.join(", ", lost) + " would go: " + Flag.IF_EXISTS
                    + " overwrite converts anew.");
            return true;
        }
        run.warn(what + "Converting anew.");
        return false;
    }

    /** What was made of the targets that are there. */
    private List<String> stageTwo() {
        Manifest manifest = home.manifest();
        return STAGE_TWO.stream().filter(manifest::holdsBelow).toList();
    }

    private String stillMissing(ConversionRecord finished) {
        Long missing = finished.counts().rejectedByReason().get(RejectReason.UNREADABLE.label());
        if (missing == null) {
            return "";
        }
        return stageTwo().isEmpty()
                ? " Pictures that are still missing: " + missing
                        + "; once one is there, the same command converts anew."
                : " Pictures that were missing: " + missing + ".";
    }

    private boolean goesOn(ConvertPlan plan) {
        Optional<WaveStore.State<ConversionSettings>> unfinished = store.state();
        Optional<String> difference =
                unfinished.flatMap(begun -> plan.differenceFrom(begun.identity(), begun.source()));
        difference.ifPresent(d -> refuseUnlessOverwrite("holds an unfinished conversion that is not this one", d));
        return unfinished.isPresent() && difference.isEmpty();
    }

    /** Begins anew; the listing is kept, since it alone has the pictures that are gone later. */
    private Listed begin(ConvertPlan plan, Listed now, Path listed) {
        store.begin(new WaveStore.State<>(
                plan.settings(), plan.source(), plan.embedding().waves()));
        return store.keepListing(now, listed);
    }

    private void refuseUnlessOverwrite(String what, String difference) {
        if (!asked.home().overwrites()) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " " + what + " (" + difference + "). Use the same settings, another " + Flag.HOME
                            + ", or " + Flag.IF_EXISTS + " overwrite.");
        }
    }

    /** A home inside of its input would become a class, and its tables samples. */
    private void refuseNested(ImageSource source) {
        String input = source.uri().replaceFirst("/+$", "") + "/";
        String mine = home.root() + "/";
        if (mine.startsWith(input) || input.startsWith(mine)) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.HOME + " " + home.root() + " and " + Flag.INPUT + " " + source.uri()
                            + " lie one in the other. Name a home beside the input.");
        }
    }

    private RelaException tooFew(long pictures) {
        return new RelaException(
                ExitCode.INPUT,
                Flag.PROJECTION + " " + asked.axes().kind().label() + " needs at least 2 pictures, " + Flag.INPUT + " "
                        + asked.pictures().input() + " gives " + pictures
                        + ". Add pictures, or ask for " + Flag.PROJECTION + " none.");
    }

    /** What is there already and is to be left, without a look at the input. */
    private Optional<CommandResult> skipped(ModelFile prior, ImageSource source) {
        Manifest manifest = home.manifest();
        return manifest.newest(ConversionRecord.class)
                .filter(record -> asked.home().ifExists() == IfExists.SKIP
                        && home.missing(TABLES).isEmpty())
                .map(record -> {
                    ConversionSettings wanted = asExpected(record.settings(), prior, source);
                    List<String> differences = Differences.between(record.settings(), wanted);
                    CommandResult skipped = result(
                            Outcome.SKIPPED,
                            " holds a finished conversion"
                                    + (differences.isEmpty()
                                            ? ""
                                            : " with other settings (" + String.join("; ", differences) + ")")
                                    + ": skipped.",
                            record);
                    return differences.isEmpty() ? skipped : skipped.insteadOf(wanted);
                });
    }

    /** The settings as they are asked for; what the request leaves open is as it was. */
    private ConversionSettings asExpected(ConversionSettings was, ModelFile prior, ImageSource source) {
        return new ConversionSettings(
                SourceSettings.of(
                        Redaction.of(source.uri()),
                        asked.pictures().format() == InputFormat.AUTO
                                ? was.source().inputFormat()
                                : source.format(),
                        asked.pictures().columns()),
                prior.sha256(),
                ViewSettings.of(prior.preprocessing()),
                new ProjectionSettings(
                        asked.axes().kind(),
                        asked.axes().dimensions().orElse(was.projection().dimensions()),
                        asked.axes().seed()),
                asked.keepImages(),
                asked.embed().batchSize().flatMap(size -> size.pictures()).orElse(was.batchSize()));
    }

    private static String summary(ConversionRecord record) {
        Counts counts = record.counts();
        return String.format(
                Locale.ROOT,
                ": %,d listed = %,d converted + %,d rejected%s, targets of %d values (%.1f%% of the variance), %.1f s",
                counts.listed(),
                counts.converted(),
                counts.rejected(),
                Embedding.inBrackets(counts.rejectedByReason()),
                record.projection().dimensions(),
                100 * record.projection().explainedVariance(),
                record.run().seconds().get("total"));
    }

    private CommandResult result(Outcome outcome, String message, ConversionRecord record) {
        return CommandResult.done(home.root() + message, record)
                .about(home.root(), Tables.TARGETS.name())
                .ended(outcome);
    }
}
