package io.rela.app;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.embed.EmbedJob;
import io.rela.embed.EmbedStep;
import io.rela.embed.FeatureFiles;
import io.rela.embed.IndexRange;
import io.rela.embed.RejectsStep;
import io.rela.embed.TaskReport;
import io.rela.embed.WavePlan;
import io.rela.embed.WaveStore;
import io.rela.prior.Embedder;
import io.rela.prior.PriorFile;
import io.rela.prior.PriorModel;
import io.rela.projection.Moments;
import io.rela.projection.MomentsStep;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionTable;
import io.rela.projection.Projections;
import io.rela.settings.IfExists;
import io.rela.source.ImageSource;
import io.rela.source.Listing;
import io.rela.source.ParquetColumns;
import io.rela.source.SampleTable;
import io.rela.table.DatasetHome;
import io.rela.table.ManifestRecord;
import io.rela.table.ManifestRecord.Counts;
import io.rela.table.ManifestRecord.Fingerprint;
import io.rela.table.ManifestRecord.ModelInfo;
import io.rela.table.ManifestRecord.ProjectionInfo;
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
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/** One run of {@code convert}: list, embed, fit, project, commit. Driver only, used once. */
final class Conversion {
    private static final String COMMAND = "convert";
    private static final List<String> TABLES = List.of("features", "projection", "targets", "rejects");

    /** Waves that run at a time: the next one fills the slots that the last tasks of this one leave. */
    private static final int WAVES_AT_A_TIME = 2;

    private static final int USUAL_DIMENSIONS = 512;
    private static final int CPU_BATCH = 32;
    private static final int GPU_BATCH = 256;

    private final ConvertCommand asked;
    private final Instant start = Instant.now();
    private final Map<String, Double> seconds = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();

    Conversion(ConvertCommand asked) {
        this.asked = asked;
    }

    /** What was asked for, resolved: nothing after this decides anything. */
    private record Resolved(
            Map<String, String> identity,
            Fingerprint source,
            WavePlan plan,
            EmbedJob job,
            EmbedJob.Probe probe,
            int dimensions) {}

    Command.Result run() {
        SparkSession session = Sessions.start(COMMAND);
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        Configuration hadoop = spark.hadoopConfiguration();
        DatasetHome home = DatasetHome.at(asked.home, hadoop);
        Optional<ManifestRecord> finished = home.newest(COMMAND);
        if (finished.isPresent() && asked.ifExists == IfExists.SKIP) {
            return new Command.Result(
                    home.root() + " holds a finished conversion: skipped.", asked.home, finished.get());
        }
        PriorFile prior = PriorFile.read(asked.prior, overrides(), hadoop);
        ImageSource source = ImageSource.open(
                asked.input,
                asked.inputFormat,
                new ParquetColumns(
                        Optional.ofNullable(asked.imageColumn),
                        Optional.ofNullable(asked.labelColumn),
                        Optional.ofNullable(asked.idColumn)),
                hadoop);
        home.prepare();
        Path listed = home.staging("listing");
        try {
            Dataset<Row> samples = timed("list", () -> list(session, source, listed));
            return convert(session, spark, home, prior, source, samples);
        } finally {
            Embedder.closeIdleModels();
            home.discard(listed);
        }
    }

    /** The listing as a table sorted by index, of which a wave reads only its part. */
    private Dataset<Row> list(SparkSession session, ImageSource source, Path listed) {
        try (Listing listing = source.list(session)) {
            listing.warnings().forEach(this::warn);
            listing.samples().write().mode(SaveMode.Overwrite).parquet(listed.toString());
        }
        return session.read().schema(SampleTable.SCHEMA).parquet(listed.toString());
    }

    private Command.Result convert(
            SparkSession session,
            JavaSparkContext spark,
            DatasetHome home,
            PriorFile prior,
            ImageSource source,
            Dataset<Row> samples) {
        WaveStore store = new WaveStore(home.fileSystem(), home.staging(COMMAND));
        Optional<WaveStore.State> unfinished = store.state();
        Resolved resolved = resolve(spark, prior, source, samples, unfinished, home);
        Optional<ManifestRecord> finished = home.newest(COMMAND);
        if (finished.isPresent() && unfinished.isEmpty()) {
            Optional<String> difference = difference(
                    ConvertIdentity.of(finished.get().settings()),
                    finished.get().source(),
                    resolved);
            if (difference.isEmpty()) {
                return new Command.Result(
                        home.root() + " is already converted with these settings: nothing to do.",
                        asked.home,
                        finished.get());
            }
            refuseUnlessOverwrite(home, "was converted with other settings", difference.get());
        }
        begin(store, unfinished, resolved, home);
        List<TaskReport> reports = embed(session, spark, samples, store, resolved);
        Counts counts = counts(resolved, reports);
        store.deleteOrphans(reports);
        FeatureFiles features = FeatureFiles.of(store.folder(), reports);
        Projection projection = timed("project", () -> fit(spark, features, resolved, counts));
        timed(
                "targets",
                () -> write(session, spark, home, store, source, samples, features, projection, resolved, counts));
        RejectsStep.run(spark, store.folder(), reports, staged(home, "rejects"));
        ManifestRecord record = record(prior, resolved, projection, counts, reports);
        home.commit(store.folder(), TABLES, record);
        return new Command.Result(summary(home, record), asked.home, record);
    }

    private Resolved resolve(
            JavaSparkContext spark,
            PriorFile prior,
            ImageSource source,
            Dataset<Row> samples,
            Optional<WaveStore.State> unfinished,
            DatasetHome home) {
        Fingerprint fingerprint = timed("list", () -> Fingerprints.of(samples));
        Broadcast<byte[]> bytes = spark.broadcast(prior.bytes());
        PriorModel model = new PriorModel("--prior " + prior.uri(), prior.sha256(), bytes::value);
        Optional<Integer> kept = Optional.ofNullable(asked.batchSize)
                .or(() -> unfinished.map(
                        state -> Integer.parseInt(state.identity().get("batch-size"))))
                .or(() -> home.newest(COMMAND)
                        .map(record -> Integer.parseInt(record.settings().get("batch-size"))));
        EmbedJob trial = job(spark, prior, model, source, kept.orElse(CPU_BATCH), home);
        EmbedJob.Probe probe = timed("probe", () -> trial.probe(spark));
        int batch = kept.orElse(probe.device().startsWith("gpu") ? GPU_BATCH : CPU_BATCH);
        EmbedJob job = job(spark, prior, model, source, batch, home);
        int dimensions = dimensions(probe.outputDimension());
        WavePlan plan = unfinished
                .map(WaveStore.State::plan)
                .filter(old -> old.samples() == fingerprint.count() && old.block() == WavePlan.blockFor(batch))
                .orElseGet(() -> asked.waveSize == null
                        ? WavePlan.of(fingerprint.count(), batch, Sessions.slots(spark))
                        : WavePlan.ofWave(fingerprint.count(), batch, asked.waveSize));
        Map<String, String> identity = ConvertIdentity.of(asked, prior, source, batch, dimensions);
        return new Resolved(identity, fingerprint, plan, job, probe, dimensions);
    }

    private EmbedJob job(
            JavaSparkContext spark,
            PriorFile prior,
            PriorModel model,
            ImageSource source,
            int batch,
            DatasetHome home) {
        return new EmbedJob(
                source,
                model,
                prior.preprocessing(),
                asked.device,
                batch,
                home.staging(COMMAND).toString(),
                new SerializableConfiguration(spark.hadoopConfiguration()));
    }

    private int dimensions(int given) {
        return switch (asked.projection) {
            case NONE -> given;
            case PCA, RANDOM -> {
                if (asked.wantedDimensions().orElse(0) > given) {
                    throw new RelaException(
                            ExitCode.SETTINGS,
                            "The prior gives " + given + " values, --dimensions asks for " + asked.dimensions
                                    + ": ask for " + given + " or less.");
                }
                yield asked.wantedDimensions().orElse(Math.min(USUAL_DIMENSIONS, given));
            }
        };
    }

    private void begin(WaveStore store, Optional<WaveStore.State> unfinished, Resolved resolved, DatasetHome home) {
        if (unfinished.isPresent()) {
            Optional<String> difference =
                    difference(unfinished.get().identity(), unfinished.get().source(), resolved);
            if (difference.isEmpty()) {
                return;
            }
            refuseUnlessOverwrite(home, "holds an unfinished conversion with other settings", difference.get());
        }
        store.begin(new WaveStore.State(resolved.identity(), resolved.source(), resolved.plan()));
    }

    private void refuseUnlessOverwrite(DatasetHome home, String what, String difference) {
        if (asked.ifExists != IfExists.OVERWRITE) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " " + what + " (" + difference
                            + "). Use the same settings, another --home, or --if-exists overwrite.");
        }
    }

    private static Optional<String> difference(Map<String, String> before, Fingerprint source, Resolved now) {
        List<String> differences = ConvertIdentity.differences(before, now.identity());
        if (!source.equals(now.source())) {
            differences.add("the input has changed: " + source.count() + " pictures of " + source.bytes()
                    + " bytes before, " + now.source().count() + " of "
                    + now.source().bytes() + " now, ids "
                    + (source.idsSha256().equals(now.source().idsSha256()) ? "the same" : "differ"));
        }
        return differences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", differences));
    }

    private List<TaskReport> embed(
            SparkSession session, JavaSparkContext spark, Dataset<Row> samples, WaveStore store, Resolved resolved) {
        WavePlan plan = resolved.plan();
        List<TaskReport> reports = new ArrayList<>();
        List<IndexRange> left = new ArrayList<>();
        for (IndexRange wave : plan.waves()) {
            store.wave(wave).ifPresentOrElse(reports::addAll, () -> left.add(wave));
        }
        long before =
                reports.stream().mapToLong(report -> report.range().size()).sum();
        if (before > 0) {
            warn("Going on where an earlier run stopped: " + before + " of " + plan.samples() + " pictures are done.");
        }
        LongAccumulator done = session.sparkContext().longAccumulator("rela.done");
        LongAccumulator rejected = session.sparkContext().longAccumulator("rela.rejected");
        EmbedStep step = new EmbedStep(samples, resolved.job(), done, rejected);
        int tasks = asked.partitions == null ? 2 * Sessions.slots(spark) : asked.partitions;
        String group = "rela-embed-" + UUID.randomUUID();
        ExecutorService waves = Executors.newFixedThreadPool(WAVES_AT_A_TIME);
        try (ProgressLine progress =
                new ProgressLine(session.sparkContext(), System.err, plan.samples(), before, done, rejected)) {
            List<Future<List<TaskReport>>> running = new ArrayList<>();
            for (IndexRange wave : left) {
                running.add(waves.submit(() -> {
                    spark.setJobGroup(group, "embed samples " + wave.first() + " to " + (wave.end() - 1), true);
                    List<TaskReport> written = step.run(plan.split(wave, tasks));
                    store.finish(wave, written);
                    return written;
                }));
            }
            for (Future<List<TaskReport>> wave : running) {
                reports.addAll(wave.get());
                refuseTooManyRejects(rejects(reports), plan.samples());
            }
            return reports;
        } catch (ExecutionException e) {
            RelaException known = RelaException.in(e);
            throw known != null ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        } finally {
            stop(spark, group, waves);
        }
    }

    /** No task of this command may still run when the listing and the model are let go. */
    private static void stop(JavaSparkContext spark, String group, ExecutorService waves) {
        waves.shutdownNow();
        spark.cancelJobGroup(group);
        try {
            waves.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Counts counts(Resolved resolved, List<TaskReport> reports) {
        Map<String, Long> byReason = new TreeMap<>();
        reports.forEach(
                report -> report.rejectedByReason().forEach((reason, n) -> byReason.merge(reason, n, Long::sum)));
        long converted = reports.stream().mapToLong(TaskReport::converted).sum();
        refuseTooManyRejects(rejects(reports), resolved.source().count());
        return new Counts(resolved.source().count(), converted, rejects(reports), byReason);
    }

    private static long rejects(List<TaskReport> reports) {
        return reports.stream()
                .flatMap(report -> report.rejectedByReason().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    private void refuseTooManyRejects(long rejected, long listed) {
        if (rejected > asked.maxRejects * listed) {
            throw new RelaException(
                    ExitCode.REJECTS,
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d pictures are rejected, --max-rejects %s allows %,d. Look at the input, or allow"
                                    + " more: what was converted is kept, the same command goes on from there.",
                            rejected,
                            listed,
                            asked.maxRejects,
                            (long) (asked.maxRejects * listed)));
        }
    }

    private Projection fit(JavaSparkContext spark, FeatureFiles features, Resolved resolved, Counts counts) {
        if (counts.converted() < 2) {
            throw new RelaException(
                    ExitCode.REJECTS,
                    counts.converted() + " of " + counts.listed() + " pictures could be converted: too few to fit a"
                            + " projection. Look at the input.");
        }
        spark.sc().setJobDescription("fit projection");
        Moments moments =
                MomentsStep.of(FeatureRows.of(spark, features), resolved.plan().block());
        return Projections.fit(asked.projection, moments, resolved.dimensions(), asked.seed);
    }

    private Projection write(
            SparkSession session,
            JavaSparkContext spark,
            DatasetHome home,
            WaveStore store,
            ImageSource source,
            Dataset<Row> samples,
            FeatureFiles features,
            Projection projection,
            Resolved resolved,
            Counts counts) {
        ProjectionTable.write(projection, new Path(store.folder(), "projection").toString(), session);
        long rows = TargetsStep.run(
                spark,
                samples,
                resolved.source().bytes(),
                resolved.plan(),
                Sessions.slots(spark),
                source,
                asked.keepImages,
                features,
                projection,
                staged(home, "targets"));
        if (rows != counts.converted()) {
            throw new IllegalStateException("targets has " + rows + " rows, " + counts.converted() + " were converted");
        }
        return projection;
    }

    private static TableFolder staged(DatasetHome home, String table) {
        return new TableFolder(home.fileSystem(), new Path(home.staging(COMMAND), table)).empty();
    }

    private ManifestRecord record(
            PriorFile prior, Resolved resolved, Projection projection, Counts counts, List<TaskReport> reports) {
        Map<String, String> settings = new TreeMap<>(resolved.identity());
        settings.put("device", asked.device.name().toLowerCase(Locale.ROOT));
        settings.put("max-rejects", Double.toString(asked.maxRejects));
        settings.put("block-size", Integer.toString(resolved.plan().block()));
        for (String part : List.of("read", "decode", "infer", "write")) {
            seconds.put(
                    part,
                    reports.stream().mapToDouble(r -> r.seconds().get(part)).sum());
        }
        Instant end = Instant.now();
        seconds.put("total", (end.toEpochMilli() - start.toEpochMilli()) / 1000.0);
        return new ManifestRecord(
                COMMAND,
                settings,
                new ModelInfo(
                        ConvertIdentity.redacted(prior.uri()),
                        prior.sha256(),
                        resolved.probe().outputDimension(),
                        prior.preprocessing().inputSize()),
                resolved.source(),
                counts,
                new ProjectionInfo(
                        asked.projection.name().toLowerCase(Locale.ROOT),
                        projection.outputDimension(),
                        explainedShare(projection),
                        projection.zeroVariance()),
                seconds,
                Versions.all(resolved.probe().libtorch()),
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

    private static String summary(DatasetHome home, ManifestRecord record) {
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

    private PriorFile.Overrides overrides() {
        return new PriorFile.Overrides(
                Optional.ofNullable(asked.inputSize),
                Optional.ofNullable(asked.resize),
                Optional.ofNullable(asked.interpolation),
                Optional.ofNullable(asked.mean),
                Optional.ofNullable(asked.std));
    }

    private void warn(String warning) {
        warnings.add(warning);
        System.err.println(warning);
    }

    private <T> T timed(String part, Supplier<T> work) {
        long begin = System.nanoTime();
        try {
            return work.get();
        } finally {
            seconds.merge(part, (System.nanoTime() - begin) / 1e9, Double::sum);
        }
    }
}
