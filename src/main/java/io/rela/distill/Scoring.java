package io.rela.distill;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.embed.BatchSize;
import io.rela.embed.EmbedPlan;
import io.rela.embed.Embedding;
import io.rela.embed.TaskEmbedder;
import io.rela.embed.TaskReport;
import io.rela.embed.WaveStore;
import io.rela.home.TableFiles;
import io.rela.image.PixelLayout;
import io.rela.linear.FittedMap;
import io.rela.loss.LossKind;
import io.rela.loss.LossStep;
import io.rela.manifest.Counts;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.LossInfo;
import io.rela.manifest.LossSettings;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.LossesRecord.TransferInfo;
import io.rela.manifest.MannerInfo;
import io.rela.manifest.ModelInfo;
import io.rela.manifest.StagedTable;
import io.rela.manifest.ViewSettings;
import io.rela.model.AutoPrecision;
import io.rela.model.ModelFile;
import io.rela.model.Precision;
import io.rela.model.TorchScript;
import io.rela.rank.KnownLosses;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;

/**
 * Losses under a learner: its outputs are made as a conversion makes features, wave by wave, and compared with the targets that
 * lie beside them.
 */
final class Scoring implements LossSource {
    /** Rows per file of losses, and the fewest that are worth one. */
    private static final long ROWS_PER_FILE = 8_000_000;

    private static final long SMALLEST_FILE = 16_384;

    /** A mean cosine loss from here on says that outputs and targets have nothing to do with each other. */
    private static final double UNRELATED = 0.9;

    private final EpochWork work;
    private final LossRequest.Learner asked;
    private final ModelFile learner;
    private final TransferMaker transfers;
    private final WaveStore<LossSettings.Scored> store;

    Scoring(EpochWork work, LossRequest.Learner asked) {
        this.work = work;
        this.asked = asked;
        this.store = new WaveStore<>(work.home().fileSystem(), work.outputs(), LossSettings.Scored.class);
        this.learner = ModelFile.read(
                work.epochs().conversion().settings().view().completing(asked.model()),
                new AutoPrecision(
                        this::precisionBefore,
                        () -> TaskEmbedder.isGpu(
                                asked.embed().device(), work.run().spark())),
                work.run().hadoop());
        this.transfers = new TransferMaker(work, asked);
    }

    @Override
    public List<EpochRecord> used() {
        return List.of();
    }

    @Override
    public LossSettings.Scored settings() {
        return settings(settledBatch(), learner.layout().or(this::settledLayout));
    }

    private LossSettings.Scored settings(Optional<Integer> batch, Optional<PixelLayout> layout) {
        return new LossSettings.Scored(
                learner.sha256(),
                ViewSettings.of(learner.preprocessing()),
                asked.loss(),
                transfers.settings(),
                batch.orElse(null),
                layout.orElse(learner.preprocessing().layout()),
                learner.precision());
    }

    private LossSettings.Scored settings(EmbedPlan plan) {
        return settings(Optional.of(plan.job().batch()), Optional.of(plan.job().layout()));
    }

    /** What the request says, else what this epoch was scored with before. */
    private Optional<Integer> settledBatch() {
        return asked.embed().batchSize().flatMap(BatchSize::pictures).or(() -> scoredBefore()
                .map(LossSettings.Scored::batchSize));
    }

    private Optional<PixelLayout> settledLayout() {
        return scoredBefore().map(LossSettings.Scored::layout);
    }

    /** The precision that this epoch's scoring was begun in, else that it was done in; an overwrite makes it anew. */
    private Optional<Precision> precisionBefore() {
        return store.state()
                .filter(state -> !work.asked().home().overwrites())
                .map(WaveStore.State::identity)
                .or(this::scoredBefore)
                .map(LossSettings.Scored::precision);
    }

    /** How this epoch was scored before, unless that goes. */
    private Optional<LossSettings.Scored> scoredBefore() {
        return Optional.of(work.asked().epoch())
                .filter(epoch -> !work.asked().home().overwrites())
                .flatMap(epoch -> work.epochs().losses(epoch))
                .map(record -> record.losses().settings())
                .filter(LossSettings.Scored.class::isInstance)
                .map(LossSettings.Scored.class::cast);
    }

    @Override
    public String told() {
        return planned(plan -> String.format(
                Locale.ROOT,
                "%s the learner over %,d samples in %,d waves of up to %,d, batches of %,d, on %s%s",
                store.state().equals(Optional.of(state(plan))) ? "go on running" : "run",
                work.targets().rows(),
                plan.waves().waves().size(),
                plan.waves().wave(),
                plan.job().batch(),
                plan.probe().device(),
                transfers.isToBeFitted(plan.probe().outputDimension()) ? ", fit a transfer" : ""));
    }

    /** Tries the learner, and does something by what came of it while its file is where tasks find it. */
    private <T> T planned(Function<EmbedPlan, T> what) {
        requireLabels();
        Broadcast<byte[]> module = work.run().spark().broadcast(learner.bytes());
        try {
            EmbedPlan plan = work.run().timed("probe", () -> plan(module));
            plan.warning().ifPresent(work.run()::warn);
            return what.apply(plan);
        } finally {
            module.destroy();
        }
    }

    private void requireLabels() {
        if (asked.loss().ofLabels() && !work.targets().hasLabels()) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.LOSS + " " + asked.loss().label() + ": " + work.home().root()
                            + " has no labels. Use cosine or mse.");
        }
    }

    @Override
    public EpochLosses.Made make() {
        return planned(this::make);
    }

    private EpochLosses.Made make(EmbedPlan plan) {
        int given = plan.probe().outputDimension();
        boolean fits = transfers.isToBeFitted(given);
        Embedding embedding = begin(plan);
        List<TaskReport> reports = work.run().timed("embed", embedding::reports);
        RangedFiles outputs = store.features(reports);
        Optional<TransferMaker.Fitted> fitted = fits
                ? Optional.of(work.run()
                        .timed(
                                "fit",
                                () -> transfers.fit(outputs, given, plan.waves().block())))
                : Optional.empty();
        Optional<FittedMap> transfer = fitted.map(TransferMaker.Fitted::map).or(transfers::stored);
        LossStep.Scored scored = work.run().timed("losses", () -> losses(outputs, transfer));
        Counts counts = counts(reports, scored);
        Supplier<List<String>> examples =
                () -> Stream.concat(embedding.examples(reports).stream(), scored.examples().stream())
                        .toList();
        embedding.refuseTooManyRejects(counts.rejectedByReason(), examples);
        refuseNone(scored.losses(), counts, examples);
        reports.forEach(report -> work.run().add(report.seconds()));
        return made(plan, reports, fitted, scored.losses(), counts);
    }

    private EmbedPlan plan(Broadcast<byte[]> module) {
        Optional<LossSettings.Scored> begun = interrupted();
        TorchScript model = learner.script(module::value);
        return EmbedPlan.resolve(
                asked.embed(),
                new EmbedPlan.Subject(
                        learner,
                        model,
                        work.targets().pictures(),
                        work.epochs().conversion().source().count(),
                        asked.model().allowUnstable()),
                new EmbedPlan.Settled(
                        settledBatch().or(() -> begun.map(LossSettings.Scored::batchSize)),
                        settledLayout().or(() -> begun.map(LossSettings.Scored::layout)),
                        store.state().map(WaveStore.State::plan)),
                work.run());
    }

    /** What this very scoring began with when it was killed. */
    private Optional<LossSettings.Scored> interrupted() {
        return store.state()
                .map(WaveStore.State::identity)
                .filter(begun -> begun.equals(settings(
                        Optional.ofNullable(begun.batchSize()), Optional.of(learner.layoutOr(begun.layout())))));
    }

    private WaveStore.State<LossSettings.Scored> state(EmbedPlan plan) {
        return new WaveStore.State<>(settings(plan), work.epochs().conversion().source(), plan.waves());
    }

    /** Goes on with the outputs of a run that was killed, where they are the same; else begins anew. */
    private Embedding begin(EmbedPlan plan) {
        WaveStore.State<LossSettings.Scored> state = state(plan);
        if (!store.state().equals(Optional.of(state))) {
            store.begin(state);
        }
        return new Embedding(
                work.run(),
                asked.embed(),
                plan,
                work.targets().files(),
                work.targets().rows(),
                store);
    }

    private LossStep.Scored losses(RangedFiles outputs, Optional<FittedMap> transfer) {
        return LossStep.run(
                work.run().spark(),
                asked.loss(),
                outputs,
                work.targets().files(),
                transfer.map(FittedMap::map),
                ranges(),
                work.folder(table()));
    }

    private String table() {
        return Tables.epoch(Tables.LOSSES, work.asked().epoch());
    }

    private List<IndexRange> ranges() {
        long rows = work.targets().rows();
        long files = Math.max(rows / ROWS_PER_FILE, Math.min(work.run().slots(), rows / SMALLEST_FILE));
        return new IndexRange(0, work.targets().files().end())
                .split(work.asked().partitions().orElse((int) Math.max(1, files)));
    }

    private Counts counts(List<TaskReport> reports, LossStep.Scored scored) {
        Map<String, Long> byReason = Embedding.byReason(reports);
        byReason.put("not-finite-loss", scored.notFinite());
        byReason.put("unlabeled", scored.unlabeled());
        byReason.values().removeIf(count -> count == 0);
        long samples = work.targets().rows();
        long rows = scored.losses().number();
        return new Counts(samples, rows, samples - rows, byReason, null);
    }

    private static void refuseNone(KnownLosses losses, Counts counts, Supplier<List<String>> examples) {
        if (losses.number() == 0) {
            throw new RelaException(
                    ExitCode.REJECTS,
                    "No sample has a loss: " + Embedding.told(counts.rejectedByReason(), examples.get())
                            + ". Look at the learner.");
        }
    }

    private EpochLosses.Made made(
            EmbedPlan plan,
            List<TaskReport> reports,
            Optional<TransferMaker.Fitted> fitted,
            KnownLosses losses,
            Counts counts) {
        boolean mapped = fitted.isPresent() || transfers.stored().isPresent();
        if (asked.loss() == LossKind.COSINE && losses.mean() >= UNRELATED && !mapped) {
            work.run()
                    .warn(String.format(
                            Locale.ROOT,
                            "The mean loss is %.3f: the learner's output does not point to the targets. Is "
                                    + Flag.TRANSFER + " fit" + " meant?",
                            losses.mean()));
        }
        Optional<TransferInfo> transfer = transfers.info(fitted.map(TransferMaker.Fitted::map));
        transfer.filter(TransferInfo::explainsLittle).map(TransferInfo::warning).ifPresent(work.run()::warn);
        int epoch = work.asked().epoch();
        StagedTable staged = work.staged(table());
        List<StagedTable> tables = new ArrayList<>();
        fitted.ifPresent(map -> tables.add(map.table()));
        tables.add(staged);
        return new EpochLosses.Made(
                epoch,
                TableFiles.readable(staged, work.folder(table())),
                new LossesRecord(
                        settings(plan),
                        MannerInfo.of(asked.embed()),
                        ModelInfo.of(learner, plan.probe().outputDimension()),
                        transfer.orElse(null),
                        new LossInfo(epoch, losses.mean(), losses.smallest(), losses.largest(), counts.rejected()),
                        null),
                tables,
                counts,
                new EpochLosses.Machine(
                        Optional.of(plan.probe().libtorch()),
                        reports.stream().map(TaskReport::device).toList()));
    }
}
