package io.rela.app;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.embed.TaskReport;
import io.rela.embed.WaveStore;
import io.rela.image.Interpolation;
import io.rela.image.Preprocessing;
import io.rela.loss.LossKind;
import io.rela.loss.LossStep;
import io.rela.loss.Outputs;
import io.rela.prior.PriorFile;
import io.rela.prior.PriorModel;
import io.rela.settings.IfExists;
import io.rela.table.DatasetHome;
import io.rela.table.IndexRange;
import io.rela.table.ManifestRecord;
import io.rela.table.ManifestRecord.Counts;
import io.rela.table.ManifestRecord.LossInfo;
import io.rela.table.ManifestRecord.ModelInfo;
import io.rela.table.ManifestRecord.TransferInfo;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import io.rela.transport.FittedMap;
import io.rela.transport.LinearMap;
import io.rela.transport.LinearMapTable;
import io.rela.transport.Split;
import io.rela.transport.TransportStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * Losses under a learner: its outputs are made as a conversion makes features, wave by wave, and compared with the targets that
 * lie beside them.
 */
final class Scoring implements Losses {
    /** Samples that a map is fitted to: some for each input, and never few. */
    private static final long SAMPLES_A_DIMENSION = 32;

    private static final long FEWEST_SAMPLES = 16_384;

    /** Rows a file of losses, and the fewest that are worth one. */
    private static final long ROWS_A_FILE = 8_000_000;

    private static final long SMALLEST_FILE = 16_384;

    /** A mean cosine loss from here on says that outputs and targets have nothing to do with each other. */
    private static final double UNRELATED = 0.9;

    private final SparkSession session;
    private final JavaSparkContext spark;
    private final DatasetHome home;
    private final Epochs epochs;
    private final EpochCommand asked;
    private final ScoreOptions options;
    private final Timings timings;
    private final Consumer<String> warn;
    private final PriorFile learner;
    /** The map that was asked for by its URI. */
    private final Optional<FittedMap> stored;

    Scoring(
            SparkSession session,
            DatasetHome home,
            Epochs epochs,
            EpochCommand asked,
            ScoreOptions options,
            Timings timings,
            Consumer<String> warn) {
        this.session = session;
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.home = home;
        this.epochs = epochs;
        this.asked = asked;
        this.options = options;
        this.timings = timings;
        this.warn = warn;
        this.learner = PriorFile.read("--learner", options.learner, view(), spark.hadoopConfiguration());
        this.stored =
                options.isStored() ? Optional.of(LinearMapTable.read(options.transfer, session)) : Optional.empty();
    }

    /** What the learner wants to see: a bare module is taken to want what the home's prior wanted. */
    private PriorFile.Overrides view() {
        PriorFile.Overrides said = options.view.overrides();
        if (!options.learner.endsWith(".pt")) {
            return said;
        }
        Map<String, String> prior = epochs.conversion().settings();
        boolean ownSize = said.inputSize().isPresent() || said.resize().isPresent();
        return new PriorFile.Overrides(
                said.inputSize().or(() -> Optional.of(Integer.valueOf(prior.get("input-size")))),
                ownSize ? said.resize() : Optional.of(Integer.valueOf(prior.get("resize"))),
                said.interpolation()
                        .or(() -> Optional.of(
                                Interpolation.valueOf(prior.get("interpolation").toUpperCase(Locale.ROOT)))),
                said.means().or(() -> Optional.of(numbers(prior.get("mean")))),
                said.stds().or(() -> Optional.of(numbers(prior.get("std")))));
    }

    private static List<Float> numbers(String text) {
        return Arrays.stream(text.split(",")).map(Float::valueOf).toList();
    }

    @Override
    public Map<String, String> identity() {
        Map<String, String> identity = new TreeMap<>();
        Preprocessing seen = learner.preprocessing();
        identity.put("learner-sha256", learner.sha256());
        identity.putAll(ConvertIdentity.view(seen));
        identity.put(Epochs.LOSS, options.loss.label());
        identity.put("transfer", transferAsked());
        stored.ifPresent(map -> identity.put("transfer-sha256", map.map().sha256()));
        if (mayFit()) {
            identity.put("ridge", Double.toString(options.ridge));
            identity.put("transfer-seed", Long.toString(asked.seed));
            if (options.transferShare != null) {
                identity.put("transfer-share", Double.toString(options.transferShare));
            }
        }
        settledBatch().ifPresent(batch -> identity.put(EmbedPlan.BATCH_SIZE, Integer.toString(batch)));
        return identity;
    }

    private String transferAsked() {
        if (options.transfer != null) {
            return options.transfer;
        }
        return options.loss.ofLabels() ? ScoreOptions.NONE : "auto";
    }

    private boolean mayFit() {
        return transferAsked().equals("auto") || transferAsked().equals(ScoreOptions.FIT);
    }

    /** What the command line says, else what this epoch was scored with before, unless that goes. */
    private Optional<Integer> settledBatch() {
        return Optional.ofNullable(options.batchSize)
                .flatMap(BatchSize::pictures)
                .or(() -> Optional.of(asked.epoch)
                        .filter(epoch -> asked.ifExists != IfExists.OVERWRITE)
                        .flatMap(epochs::losses)
                        .map(ManifestRecord::settings)
                        .map(settings -> settings.get(EmbedPlan.BATCH_SIZE))
                        .map(Integer::parseInt));
    }

    @Override
    public Made make(Path staged) {
        WaveStore store = new WaveStore(home.fileSystem(), staged);
        RangedFiles targets = HomeTables.files(home.fileSystem(), home.table(Tables.TARGETS.name()));
        if (options.loss.ofLabels() && !HomeTables.hasLabels(session, home)) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--loss " + options.loss.label() + ": " + home.root() + " has no labels. Use cosine or mse.");
        }
        Broadcast<byte[]> module = spark.broadcast(learner.bytes());
        try {
            PriorModel model = new PriorModel("--learner " + learner.uri(), learner.sha256(), module::value);
            EmbedPlan plan = timings.timed("probe", () -> plan(model, store));
            stored.ifPresent(map -> refuseOther(map.map(), plan.probe().outputDimension()));
            boolean fits = fits(plan.probe().outputDimension());
            Embedding embedding = begin(plan, store, targets);
            List<TaskReport> reports = timings.timed("embed", embedding::run);
            RangedFiles outputs = store.features(reports);
            List<String> tables = new ArrayList<>();
            Optional<FittedMap> transfer = stored;
            if (fits) {
                transfer = Optional.of(timings.timed("fit", () -> fit(outputs, targets, plan)));
                String table = Tables.epoch(Tables.TRANSFERS, asked.epoch);
                LinearMapTable.write(
                        transfer.get(),
                        new TableFolder(home.fileSystem(), new Path(staged, table))
                                .removed()
                                .path()
                                .toString(),
                        session);
                tables.add(table);
            }
            Optional<LinearMap> map = transfer.map(FittedMap::map);
            String table = Tables.epoch(Tables.LOSSES, asked.epoch);
            Path folder = new Path(staged, table);
            LossStep.Scored scored = timings.timed(
                    "losses",
                    () -> LossStep.run(
                            spark,
                            options.loss,
                            outputs,
                            targets,
                            map,
                            ranges(targets),
                            new TableFolder(home.fileSystem(), folder)));
            tables.add(table);
            Counts counts = counts(targets.rows(), reports, scored);
            embedding.refuseTooManyRejects(counts.rejectedByReason());
            if (scored.rows() == 0) {
                throw new RelaException(
                        ExitCode.REJECTS,
                        "No sample has a loss " + counts.rejectedByReason() + ". Look at the learner.");
            }
            reports.forEach(report -> report.seconds().forEach(timings::add));
            return made(
                    plan,
                    reports,
                    tables,
                    counts,
                    transfer,
                    LossFigures.of(session, home, folder, asked.epoch, asked.partitions));
        } finally {
            module.destroy();
        }
    }

    private EmbedPlan plan(PriorModel model, WaveStore store) {
        return new EmbedPlan.Asked(options.device, options.batchSize, null, options.missing)
                .resolve(
                        learner,
                        model,
                        Sources.unlessKept(epochs.conversion(), spark.hadoopConfiguration())
                                .orElse(null),
                        epochs.conversion().source().count(),
                        settledBatch().or(() -> interruptedBatch(store)),
                        store.state().map(WaveStore.State::plan),
                        store.folder().toString(),
                        timings,
                        spark);
    }

    /** What this very scoring began with when it was killed. */
    private Optional<Integer> interruptedBatch(WaveStore store) {
        return store.state().map(WaveStore.State::identity).flatMap(begun -> {
            int batch = Integer.parseInt(begun.get(EmbedPlan.BATCH_SIZE));
            return begun.equals(identity(batch)) ? Optional.of(batch) : Optional.empty();
        });
    }

    private Map<String, String> identity(int batch) {
        Map<String, String> identity = new TreeMap<>(identity());
        identity.put("epoch", Integer.toString(asked.epoch));
        identity.put(EmbedPlan.BATCH_SIZE, Integer.toString(batch));
        return identity;
    }

    /** Goes on with the outputs of a run that was killed, where they are the same; else begins anew. */
    private Embedding begin(EmbedPlan plan, WaveStore store, RangedFiles targets) {
        WaveStore.State state = new WaveStore.State(
                identity(plan.job().batch()), epochs.conversion().source(), plan.waves());
        if (!store.state().equals(Optional.of(state))) {
            store.begin(state);
        }
        return new Embedding(
                "score", session, plan, targets, targets.rows(), store, asked.partitions, options.maxRejects, warn);
    }

    private List<IndexRange> ranges(RangedFiles targets) {
        long rows = targets.rows();
        long files = Math.max(rows / ROWS_A_FILE, Math.min(Sessions.slots(spark), rows / SMALLEST_FILE));
        return new IndexRange(0, targets.end())
                .split(asked.partitions == null ? (int) Math.max(1, files) : asked.partitions);
    }

    private void refuseOther(LinearMap map, int given) {
        int wanted = epochs.conversion().projection().dimensions();
        if (map.inputDimension() != given || map.outputDimension() != wanted) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--transfer " + options.transfer + " maps " + map.inputDimension() + " values to "
                            + map.outputDimension() + ", the learner gives " + given + " and targets have "
                            + wanted + ". Use --transfer fit, or the map of this learner.");
        }
    }

    /** Whether a transfer is fitted here. */
    private boolean fits(int given) {
        int wanted = epochs.conversion().projection().dimensions();
        if (options.loss.ofLabels() || stored.isPresent()) {
            return false;
        }
        if (transferAsked().equals(ScoreOptions.NONE) && given != wanted) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--transfer none: the learner gives " + given + " values, targets have " + wanted
                            + ". Use --transfer fit, or a learner with its linear layer.");
        }
        return transferAsked().equals(ScoreOptions.FIT) || given != wanted;
    }

    private FittedMap fit(RangedFiles outputs, RangedFiles targets, EmbedPlan plan) {
        spark.sc().setJobDescription("fit transfer");
        try {
            return TransportStep.fit(
                    Outputs.pairs(spark, outputs, targets),
                    plan.waves().block(),
                    split(outputs.rows(), plan.probe().outputDimension()),
                    options.ridge);
        } catch (IllegalArgumentException e) {
            throw new RelaException(
                    ExitCode.INPUT,
                    "--transfer fit: " + outputs.rows()
                            + " samples have an output, and no map can be fitted to the share"
                            + " of them that is meant for it: " + e.getMessage()
                            + " Raise --transfer-share, or use --transfer none or a fitted map.",
                    e);
        }
    }

    /** As many samples as the map needs, and a quarter of that, from the others, to try it on. */
    private Split split(long samples, int dimension) {
        double share = options.transferShare != null
                ? options.transferShare
                : Math.min(0.8, (double) Math.max(FEWEST_SAMPLES, SAMPLES_A_DIMENSION * (dimension + 1)) / samples);
        return new Split(share, Math.min(1 - share, share / 4), asked.seed);
    }

    private static Counts counts(long samples, List<TaskReport> reports, LossStep.Scored scored) {
        Map<String, Long> byReason = Embedding.byReason(reports);
        byReason.put("not-finite-loss", scored.notFinite());
        byReason.put("unlabeled", scored.unlabeled());
        byReason.values().removeIf(count -> count == 0);
        return new Counts(samples, scored.rows(), samples - scored.rows(), byReason, null);
    }

    private Made made(
            EmbedPlan plan,
            List<TaskReport> reports,
            List<String> tables,
            Counts counts,
            Optional<FittedMap> transfer,
            LossInfo info) {
        if (options.loss == LossKind.COSINE && info.mean() >= UNRELATED && transfer.isEmpty()) {
            warn.accept(String.format(
                    Locale.ROOT,
                    "The mean loss is %.3f: the learner's output does not point to the targets. Is --transfer fit"
                            + " meant?",
                    info.mean()));
        }
        Map<String, String> settings = new TreeMap<>();
        settings.put("learner", ConvertIdentity.redacted(options.learner));
        settings.put("device", options.device.name().toLowerCase(Locale.ROOT));
        settings.put("max-rejects", Double.toString(options.maxRejects));
        settings.put("missing", options.missing.name().toLowerCase(Locale.ROOT));
        settings.put(EmbedPlan.BATCH_SIZE, Integer.toString(plan.job().batch()));
        return new Made(
                tables,
                settings,
                counts,
                info,
                Optional.of(new ModelInfo(
                        ConvertIdentity.redacted(learner.uri()),
                        learner.sha256(),
                        plan.probe().outputDimension(),
                        learner.preprocessing().inputSize())),
                transfer.map(this::info),
                Optional.of(plan.probe().libtorch()),
                reports.stream().map(TaskReport::device).toList());
    }

    private TransferInfo info(FittedMap fitted) {
        String uri = options.isStored()
                ? options.transfer
                : home.table(Tables.epoch(Tables.TRANSFERS, asked.epoch)).toString();
        return new TransferInfo(
                uri,
                fitted.trainingSamples(),
                fitted.heldOutSamples(),
                fitted.agreement().r2(),
                fitted.agreement().meanCosine());
    }
}
