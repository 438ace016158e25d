package io.rela.app;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.embed.ListingStep;
import io.rela.embed.RejectsStep;
import io.rela.embed.TaskReport;
import io.rela.embed.WaveStore;
import io.rela.image.RejectReason;
import io.rela.prior.Embedder;
import io.rela.prior.PriorFile;
import io.rela.prior.PriorModel;
import io.rela.projection.Moments;
import io.rela.projection.MomentsStep;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionKind;
import io.rela.projection.ProjectionTable;
import io.rela.projection.Projections;
import io.rela.settings.IfExists;
import io.rela.source.ImageSource;
import io.rela.source.Listing;
import io.rela.source.Missing;
import io.rela.table.DatasetHome;
import io.rela.table.ManifestRecord;
import io.rela.table.ManifestRecord.Counts;
import io.rela.table.ManifestRecord.Fingerprint;
import io.rela.table.ManifestRecord.ModelInfo;
import io.rela.table.ManifestRecord.ProjectionInfo;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.target.FeatureRows;
import io.rela.target.TargetsStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/** One run of {@code convert}: list, embed, fit, project, commit. Driver only, used once. */
final class Conversion {
    private static final String COMMAND = "convert";
    private static final List<String> TABLES = List.of("features", "projection", "targets", "rejects");

    /** What another conversion has made of other targets. */
    private static final List<String> STAGE_TWO = List.of("losses", "subsets", "clusters", "transfers");

    private final ConvertCommand asked;
    private final SparkSession session;
    private final JavaSparkContext spark;
    private final DatasetHome home;
    private final Instant start;
    private final Timings timings = new Timings();
    private final List<String> warnings = new ArrayList<>();

    Conversion(ConvertCommand asked) {
        this.asked = asked;
        this.session = Sessions.start(COMMAND);
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.start = Instant.now();
        timings.add("start", Timings.sinceProcessStart());
        this.home = DatasetHome.at(asked.home, spark.hadoopConfiguration());
    }

    Command.Result run() {
        PriorFile prior = PriorFile.read(asked.prior, asked.view.overrides(), spark.hadoopConfiguration());
        ImageSource source =
                ImageSource.open(asked.input, asked.inputFormat, asked.columns(), spark.hadoopConfiguration());
        refuseNested(source);
        home.prepare();
        Path listed = home.staging("listing");
        Broadcast<byte[]> module = spark.broadcast(prior.bytes());
        try {
            Optional<ManifestRecord> finished = home.newest(COMMAND);
            if (finished.isPresent()
                    && asked.ifExists == IfExists.SKIP
                    && home.missing(TABLES).isEmpty()) {
                return result(home.root() + " holds a finished conversion: skipped.", finished.get());
            }
            ListingStep.Listed samples = timings.timed("list", () -> list(source, listed));
            return convert(prior, module, source, listed, samples);
        } finally {
            Embedder.closeIdleModels();
            module.destroy();
            home.leave(listed);
        }
    }

    /** The listing as a table sorted by index, of which a wave reads only its part. */
    private ListingStep.Listed list(ImageSource source, Path listed) {
        try (Listing listing = source.list(session)) {
            listing.warnings().forEach(this::warn);
            if (listing.count() < 2 && asked.projection != ProjectionKind.NONE) {
                throw tooFew(listing.count());
            }
            return ListingStep.run(spark, listing, new TableFolder(home.fileSystem(), listed).empty());
        }
    }

    /** A home inside of its input would become a class, and its tables samples. */
    private void refuseNested(ImageSource source) {
        String input = source.uri().replaceFirst("/+$", "") + "/";
        String mine = home.root() + "/";
        if (mine.startsWith(input) || input.startsWith(mine)) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--home " + home.root() + " and --input " + source.uri()
                            + " lie one in the other. Name a home beside the input.");
        }
    }

    private Command.Result convert(
            PriorFile prior, Broadcast<byte[]> module, ImageSource source, Path listed, ListingStep.Listed now) {
        WaveStore store = new WaveStore(home.fileSystem(), home.staging(COMMAND));
        Optional<WaveStore.State> unfinished = store.state();
        Optional<ManifestRecord> finished = home.newest(COMMAND);
        Fingerprint is = timings.timed("list", () -> Fingerprints.of(session, now));
        Optional<ListingStep.Listed> before =
                unfinished.flatMap(begun -> timings.timed("list", () -> before(begun, store, source, now, is)));
        Fingerprint fingerprint = before.isPresent() ? unfinished.get().source() : is;
        PriorModel model = new PriorModel("--prior " + prior.uri(), prior.sha256(), module::value);
        ConvertPlan plan = timings.timed(
                "probe",
                () -> ConvertPlan.resolve(
                        asked,
                        prior,
                        model,
                        source,
                        fingerprint,
                        store.folder().toString(),
                        unfinished,
                        finished,
                        timings,
                        spark));
        if (unfinished.isEmpty()
                && finished.isPresent()
                && asked.ifExists != IfExists.OVERWRITE
                && isDone(plan, finished.get(), source, now)) {
            return result(
                    home.root() + " is already converted with these settings: nothing to do."
                            + stillMissing(finished.get()),
                    finished.get());
        }
        ListingStep.Listed samples = before.orElse(now);
        if (unfinished.isEmpty() || !goesOn(plan, unfinished.get())) {
            store.begin(new WaveStore.State(
                    plan.identity(), plan.source(), plan.embedding().waves()));
            samples = store.keepListing(now, listed);
        }
        return convert(prior, plan, source, samples, store);
    }

    private Command.Result convert(
            PriorFile prior, ConvertPlan plan, ImageSource source, ListingStep.Listed samples, WaveStore store) {
        List<TaskReport> reports = timings.timed(
                "embed", () -> embedding(plan, samples.files(), store).run());
        Counts counts = counts(plan, reports);
        store.deleteOrphans(reports);
        RangedFiles features = store.features(reports);
        Projection projection = timings.timed("project", () -> fit(plan, features, counts));
        timings.timed(
                "project",
                () -> ProjectionTable.write(
                        projection, staged("projection").removed().path().toString(), session));
        timings.timed("targets", () -> writeTargets(plan, source, samples.files(), features, projection, counts));
        timings.timed(
                "rejects",
                () -> RejectsStep.run(
                        spark, store.folder(), reports, staged("rejects").empty()));
        ManifestRecord record = record(prior, plan, projection, counts, reports);
        home.commit(store.folder(), TABLES, STAGE_TWO, record);
        return result(summary(record), record);
    }

    /**
     * The listing that an unfinished conversion began with, where today's lacks nothing but pictures that are gone, and those
     * may be rejects; empty where today's will do.
     */
    private Optional<ListingStep.Listed> before(
            WaveStore.State begun, WaveStore store, ImageSource source, ListingStep.Listed now, Fingerprint is) {
        if (begun.source().equals(is) || asked.ifExists == IfExists.OVERWRITE) {
            return Optional.empty();
        }
        Optional<ListingStep.Listed> kept = store.keptListing();
        Optional<GonePictures> gone = kept.flatMap(listing -> GonePictures.between(
                GonePictures.entries(spark, listing.files()),
                begun.source(),
                GonePictures.entries(spark, now.files()),
                is,
                source.format()));
        if (gone.isEmpty()) {
            return Optional.empty();
        }
        long count = gone.get().count();
        String what =
                (count == 1 ? "1 picture is" : count + " pictures are") + " gone since this conversion began, such as "
                        + gone.get().files().iterator().next();
        if (asked.missing == Missing.FAIL) {
            throw new RelaException(
                    ExitCode.INPUT,
                    what
                            + ". Put back what is gone, count it as rejects with --missing reject, or begin anew with --if-exists"
                            + " overwrite.");
        }
        warn(what + ": they are rejects.");
        return kept;
    }

    /** Whether there is nothing to do, or nothing that could be done better now than when it was done. */
    private boolean isDone(ConvertPlan plan, ManifestRecord finished, ImageSource source, ListingStep.Listed now) {
        Optional<String> lost = home.missing(TABLES).map(table -> table + "/ is gone");
        Optional<MissingPictures> missing =
                lost.isPresent() ? Optional.empty() : MissingPictures.of(spark, home, finished);
        boolean sameSource = missing.isPresent() && missing.get().explain(now, plan.source(), source.format());
        Optional<String> difference = plan.differenceFrom(
                        finished.settings(), sameSource ? plan.source() : finished.source())
                .or(() -> lost);
        difference.ifPresent(d -> refuseUnlessOverwrite("holds a finished conversion that is not this one", d));
        if (difference.isPresent()) {
            return false;
        }
        long back = missing.map(pictures -> pictures.back(source, now)).orElse(0L);
        if (back > 0) {
            warn("Pictures that were missing when this was converted and are there now: " + back + " of "
                    + missing.get().count() + ". Converting anew.");
        }
        return back == 0;
    }

    private static String stillMissing(ManifestRecord finished) {
        Long missing = finished.counts().rejectedByReason().get(RejectReason.UNREADABLE.label());
        return missing == null
                ? ""
                : " Pictures that are still missing: " + missing
                        + "; once one is there, the same command converts anew.";
    }

    private boolean goesOn(ConvertPlan plan, WaveStore.State unfinished) {
        Optional<String> difference = plan.differenceFrom(unfinished.identity(), unfinished.source());
        difference.ifPresent(d -> refuseUnlessOverwrite("holds an unfinished conversion that is not this one", d));
        return difference.isEmpty();
    }

    private void refuseUnlessOverwrite(String what, String difference) {
        if (asked.ifExists != IfExists.OVERWRITE) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " " + what + " (" + difference
                            + "). Use the same settings, another --home, or --if-exists overwrite.");
        }
    }

    private Embedding embedding(ConvertPlan plan, RangedFiles samples, WaveStore store) {
        return new Embedding(
                COMMAND,
                session,
                plan.embedding(),
                samples,
                plan.source().count(),
                store,
                asked.partitions,
                asked.maxRejects,
                this::warn);
    }

    private static Counts counts(ConvertPlan plan, List<TaskReport> reports) {
        Map<String, Long> byReason = Embedding.byReason(reports);
        long converted = reports.stream().mapToLong(TaskReport::converted).sum();
        return new Counts(plan.source().count(), converted, plan.source().count() - converted, byReason, null);
    }

    private Projection fit(ConvertPlan plan, RangedFiles features, Counts counts) {
        if (counts.converted() == 0) {
            throw new RelaException(
                    ExitCode.REJECTS,
                    "None of the " + counts.listed() + " pictures could be converted. Look at the input: "
                            + counts.rejectedByReason() + ".");
        }
        if (counts.converted() < 2 && asked.projection != ProjectionKind.NONE) {
            throw tooFew(counts.converted());
        }
        spark.sc().setJobDescription("fit projection");
        Moments moments = MomentsStep.of(
                FeatureRows.of(spark, features), plan.embedding().waves().block());
        return Projections.fit(asked.projection, moments, plan.dimensions(), asked.seed);
    }

    private RelaException tooFew(long pictures) {
        return new RelaException(
                ExitCode.INPUT,
                "--projection " + asked.projection.label() + " needs at least 2 pictures, --input " + asked.input
                        + " gives " + pictures + ". Add pictures, or ask for --projection none.");
    }

    private long writeTargets(
            ConvertPlan plan,
            ImageSource source,
            RangedFiles samples,
            RangedFiles features,
            Projection projection,
            Counts counts) {
        long rows = TargetsStep.run(
                spark,
                samples,
                plan.source().bytes(),
                plan.embedding().waves(),
                Sessions.slots(spark),
                source,
                asked.keepImages,
                features,
                projection,
                staged("targets").empty());
        if (rows != counts.converted()) {
            throw new IllegalStateException("targets has " + rows + " rows, " + counts.converted() + " were converted");
        }
        return rows;
    }

    private TableFolder staged(String table) {
        return new TableFolder(home.fileSystem(), new Path(home.staging(COMMAND), table));
    }

    private ManifestRecord record(
            PriorFile prior, ConvertPlan plan, Projection projection, Counts counts, List<TaskReport> reports) {
        Map<String, String> settings = new TreeMap<>(plan.identity());
        settings.put("prior", ConvertIdentity.redacted(asked.prior));
        settings.put("device", asked.device.name().toLowerCase(Locale.ROOT));
        settings.put("max-rejects", Double.toString(asked.maxRejects));
        settings.put("missing", asked.missing.name().toLowerCase(Locale.ROOT));
        if (asked.batchSize != null && asked.batchSize.isAuto()) {
            settings.put("batch-size-asked", BatchSize.AUTO);
        }
        settings.put("block-size", Integer.toString(plan.embedding().waves().block()));
        reports.forEach(report -> report.seconds().forEach(timings::add));
        Instant end = Instant.now();
        timings.add("total", (end.toEpochMilli() - start.toEpochMilli()) / 1000.0);
        return new ManifestRecord(
                COMMAND,
                settings,
                new ModelInfo(
                        ConvertIdentity.redacted(prior.uri()),
                        prior.sha256(),
                        plan.embedding().probe().outputDimension(),
                        prior.preprocessing().inputSize()),
                plan.source(),
                counts,
                new ProjectionInfo(
                        asked.projection.label(),
                        projection.outputDimension(),
                        explainedShare(projection),
                        projection.zeroVariance()),
                null,
                timings.seconds(),
                Versions.all(plan.embedding().probe().libtorch()),
                List.copyOf(
                        new TreeSet<>(reports.stream().map(TaskReport::device).toList())),
                warnings,
                start.toString(),
                end.toString());
    }

    private static double explainedShare(Projection projection) {
        double explained = 0;
        for (float variance : projection.explainedVariance()) {
            explained += variance;
        }
        return projection.totalVariance() == 0 ? 0 : Math.min(1, explained / projection.totalVariance());
    }

    private String summary(ManifestRecord record) {
        Counts counts = record.counts();
        return String.format(
                Locale.ROOT,
                "%s: %,d listed = %,d converted + %,d rejected, targets of %d values (%.1f%% of the variance), %.1f s",
                home.root(),
                counts.listed(),
                counts.converted(),
                counts.rejected(),
                record.projection().dimensions(),
                100 * record.projection().explainedVariance(),
                record.seconds().get("total"));
    }

    private Command.Result result(String message, ManifestRecord record) {
        return new Command.Result(message, ConvertIdentity.redacted(home.root().toString()), record);
    }

    private void warn(String warning) {
        warnings.add(warning);
        System.err.println(warning);
    }
}
