package io.rela.convert;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.convert.Embedded.Features;
import io.rela.convert.Embedded.Origin;
import io.rela.convert.Embedded.Samples;
import io.rela.embed.EmbedPlan;
import io.rela.embed.Embedding;
import io.rela.embed.Listed;
import io.rela.embed.TaskEmbedder;
import io.rela.embed.TaskReport;
import io.rela.embed.WaveStore;
import io.rela.home.DatasetHome;
import io.rela.home.TableFiles;
import io.rela.manifest.Change;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.Counts;
import io.rela.manifest.MannerInfo;
import io.rela.manifest.ModelInfo;
import io.rela.manifest.RunInfo;
import io.rela.manifest.StagedTable;
import io.rela.model.AutoPrecision;
import io.rela.model.Embedder;
import io.rela.model.ModelFile;
import io.rela.model.TorchScript;
import io.rela.projection.ProjectionKind;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.source.Listing;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.util.ArrayList;
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
    private final ConvertRequest asked;
    private final CommandRun run;
    private final DatasetHome home;
    private final WaveStore<ConversionSettings> store;
    private final Standing standing;

    private Conversion(ConvertRequest asked, CommandRun run) {
        this.asked = asked;
        this.run = run;
        this.home = DatasetHome.at(asked.home().uri(), run.hadoop());
        this.store = store(home);
        this.standing = new Standing(asked, TargetAxes.open(asked.axes(), home, run.hadoop()), run, home, store);
    }

    private static WaveStore<ConversionSettings> store(DatasetHome home) {
        return new WaveStore<>(
                home.folder(home.staging(ConversionRecord.COMMAND), Tables.FEATURES.name()), ConversionSettings.class);
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
            WaveStore<ConversionSettings> store = store(DatasetHome.at(uri, conf));
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
        ModelFile prior = ModelFile.read(
                asked.prior(),
                new AutoPrecision(
                        standing::precision,
                        () -> TaskEmbedder.isGpu(asked.embed().device(), run.spark())),
                run.hadoop());
        ImageSource source = ImageSource.open(
                asked.pictures().input(),
                asked.pictures().format(),
                asked.pictures().columns(),
                run.hadoop());
        refuseNested(source);
        Broadcast<byte[]> module = run.spark().broadcast(prior.bytes());
        try {
            return asked.dryRun() ? preview(prior, module, source) : held(prior, module, source);
        } finally {
            Embedder.closeIdleModels();
            module.destroy();
        }
    }

    private CommandResult held(ModelFile prior, Broadcast<byte[]> module, ImageSource source) {
        home.prepare(ConversionRecord.COMMAND, asked.home().lockWait(run::say));
        Path listed = home.staging("listing");
        Path projected = home.staging("projected");
        try {
            Optional<CommandResult> skipped = skipped(prior, source);
            return skipped.isPresent() ? skipped.get() : convert(prior, module, source, listed, projected);
        } finally {
            home.leave(listed, projected);
        }
    }

    private Optional<CommandResult> skipped(ModelFile prior, ImageSource source) {
        return standing.skipped(prior, source).map(skip -> ConvertResults.skipped(home, skip));
    }

    /** Without a lock: what another command commits meanwhile may make it another one. */
    private CommandResult preview(ModelFile prior, Broadcast<byte[]> module, ImageSource source) {
        home.look();
        Optional<CommandResult> skipped = skipped(prior, source);
        if (skipped.isPresent()) {
            return skipped.get();
        }
        try (Listing listing = run.timed("list", () -> listing(source))) {
            Fingerprint is = run.timed("list", () -> Fingerprints.of(run.session(), listing));
            ConvertPlan plan = plan(prior, module, source, is);
            plan.embedding().warning().ifPresent(run::warn);
            return new ConversionPreview(
                            standing, prior, source, listing.classNames().size(), plan)
                    .result(kept(home.root().toString(), run.hadoop()));
        }
    }

    private CommandResult convert(
            ModelFile prior, Broadcast<byte[]> module, ImageSource source, Path listed, Path projected) {
        Listed now = run.timed("list", () -> list(source, listed));
        Fingerprint is = run.timed("list", () -> Fingerprints.of(run.session(), now));
        Optional<Embedded> kept = run.timed("list", () -> KeptFeatures.of(standing, prior, source, now, is));
        if (kept.isPresent()) {
            run.say("Features are kept: only the projection and the targets are made anew.");
            requireOthers(now);
            store.forget();
            return finish(kept.get(), projected, List.of());
        }
        Optional<Listed> before = run.timed("list", () -> standing.listingOfBefore(source, now, is));
        ConvertPlan plan = plan(
                prior,
                module,
                source,
                before.isPresent() ? store.state().orElseThrow().source() : is);
        plan.embedding().warning().ifPresent(run::warn);
        Optional<ConversionRecord> done =
                standing.finished().filter(record -> standing.isDone(plan, record, source, now));
        if (done.isPresent()) {
            return ConvertResults.unchanged(home, done.get(), standing.stillMissing(done.get()));
        }
        boolean goesOn = standing.goesOn(plan);
        requireOthers(before.orElse(now));
        Listed samples = goesOn ? before.orElse(now) : begin(plan, now, listed);
        List<TaskReport> reports = embed(plan, samples.files());
        Embedded embedded = embedded(prior, plan, source, samples, reports);
        return finish(embedded, store.folder(), List.of(features(), rejects(reports)));
    }

    private Listing listing(ImageSource source) {
        Listing listing = source.list(run.session(), asked.pictures().links());
        listing.warnings().forEach(run::warn);
        if (listing.count() < 2 && asked.axes().kind() != ProjectionKind.NONE) {
            listing.close();
            throw tooFew(listing.count());
        }
        return listing;
    }

    /** The listing as a table sorted by index, of which a wave reads only its part. */
    private Listed list(ImageSource source, Path listed) {
        try (Listing listing = listing(source)) {
            return ListingStep.run(run.spark(), listing, new TableFolder(home.fileSystem(), listed).empty());
        }
    }

    /** Before any work: a home that axes are shared with has all of the pictures. */
    private void requireOthers(Listed samples) {
        standing.axes()
                .other()
                .ifPresent(other -> run.timed("list", () -> new OtherFeatures(run, other).requireAll(samples)));
    }

    private ConvertPlan plan(ModelFile prior, Broadcast<byte[]> module, ImageSource source, Fingerprint fingerprint) {
        TorchScript model = prior.script(module::value);
        return run.timed(
                "probe",
                () -> ConvertPlan.resolve(
                        asked,
                        standing.axes(),
                        new EmbedPlan.Subject(
                                prior,
                                model,
                                Optional.of(source),
                                fingerprint.count(),
                                asked.prior().allowUnstable()),
                        fingerprint,
                        standing.before(),
                        run));
    }

    /** Begins anew; the listing is kept, since it alone has the pictures that are gone later. */
    private Listed begin(ConvertPlan plan, Listed now, Path listed) {
        store.begin(new WaveStore.State<>(
                plan.settings(), plan.source(), plan.embedding().waves()));
        return store.keepListing(now, listed);
    }

    private List<TaskReport> embed(ConvertPlan plan, RangedFiles samples) {
        Embedding embedding = new Embedding(
                run, asked.embed(), plan.embedding(), samples, plan.source().count(), store);
        List<TaskReport> reports = run.timed("embed", embedding::reports);
        refuseNone(counts(plan, reports), () -> embedding.examples(reports));
        store.deleteOrphans(reports);
        reports.forEach(report -> run.add(report.seconds()));
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

    private Embedded embedded(
            ModelFile prior, ConvertPlan plan, ImageSource source, Listed samples, List<TaskReport> reports) {
        return new Embedded(
                plan.settings(),
                plan.source(),
                new Samples(
                        samples.files(),
                        false,
                        asked.keepImages() ? Optional.of(source) : Optional.empty(),
                        samples.classNames()),
                new Features(store.features(reports), plan.embedding().waves(), counts(plan, reports)),
                new Origin(
                        MannerInfo.of(asked.embed()),
                        ModelInfo.of(prior, plan.embedding().probe().outputDimension()),
                        plan.embedding().probe().libtorch(),
                        reports.stream().map(TaskReport::device).toList(),
                        Optional.empty()));
    }

    private StagedTable features() {
        return staged(Tables.FEATURES.name());
    }

    private StagedTable rejects(List<TaskReport> reports) {
        TableFolder rejects = home.folder(store.folder(), Tables.REJECTS.name());
        run.timed("rejects", () -> RejectsStep.run(run.spark(), store.folder(), reports, rejects.empty()));
        return staged(Tables.REJECTS.name());
    }

    private StagedTable staged(String table) {
        return TableFiles.staged(table, home.folder(store.folder(), table));
    }

    /** Makes targets of features, and all of it visible. */
    private CommandResult finish(Embedded embedded, Path staging, List<StagedTable> others) {
        Counts counts = embedded.features().counts();
        if (counts.converted() < 2 && asked.axes().kind() != ProjectionKind.NONE) {
            throw tooFew(counts.converted());
        }
        Projected projected = Projected.make(run, embedded, standing.axes().other(), home, staging);
        List<StagedTable> tables = new ArrayList<>(others);
        tables.addAll(projected.tables());
        tables.forEach(table -> requireRows(table, counts));
        ConversionRecord record = new ConversionRecord(
                ConversionRecord.COMMAND,
                embedded.settings(),
                embedded.origin().manner(),
                embedded.origin().prior(),
                embedded.source(),
                new ConversionRecord.Result(
                        counts, projected.info(), embedded.origin().made().orElse(null)),
                RunInfo.of(run, embedded.origin().libtorch(), embedded.origin().devices()));
        home.commit(
                staging,
                new Change(
                        tables,
                        Standing.STAGE_TWO,
                        record,
                        Optional.of(embedded.samples().classNames())));
        home.removeAbandoned(epoch -> true);
        return ConvertResults.done(home, record);
    }

    private static void requireRows(StagedTable table, Counts counts) {
        long wanted = table.name().equals(Tables.PROJECTION.name())
                ? 1
                : table.name().equals(Tables.REJECTS.name()) ? counts.rejected() : counts.converted();
        table.requireRows(wanted);
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
}
