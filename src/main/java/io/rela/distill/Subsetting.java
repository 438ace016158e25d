package io.rela.distill;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.cluster.ClusterStep;
import io.rela.distill.SubsetRequest.Classes.Source;
import io.rela.home.TableFiles;
import io.rela.loss.LossKind;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.LossInfo;
import io.rela.manifest.RunInfo;
import io.rela.manifest.StagedTable;
import io.rela.manifest.SubsetRecord;
import io.rela.manifest.SubsetRecord.ClusterSettings;
import io.rela.manifest.SubsetSettings;
import io.rela.manifest.SubsetSettings.ClassSettings;
import io.rela.manifest.SubsetSettings.PolicySettings;
import io.rela.manifest.SubsetSettings.UsedLosses;
import io.rela.rank.KnownLosses;
import io.rela.rank.Summary;
import io.rela.select.Columns;
import io.rela.select.Need;
import io.rela.select.ScoreFiles;
import io.rela.select.SelectStep;
import io.rela.select.Selection;
import io.rela.select.SelectionPolicy;
import io.rela.select.SparkPopulation;
import io.rela.source.ImageSource;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Chooses the subset of an epoch. Driver only, used once. */
final class Subsetting {
    /** Where losses were made that this command makes: no earlier subset was chosen by them. */
    private static final String BY_THIS_COMMAND = "by this command";

    private final EpochWork work;
    private final SubsetRequest asked;
    private final SelectionPolicy policy;
    private final boolean scoresItself;
    /** What made the losses that are used; empty for none, or for those that this command makes. */
    private final Optional<EpochRecord> scored;
    /** What the policy compares losses with; empty where it does not. */
    private final Optional<ReferenceLosses> reference;

    /** @param scoresItself whether this command makes the losses */
    Subsetting(EpochWork work, SubsetRequest asked, boolean scoresItself) {
        this.work = work;
        this.asked = asked;
        this.policy = asked.policy().made();
        this.scoresItself = scoresItself;
        this.scored = scoresItself
                ? Optional.empty()
                : asked.lossesEpoch().map(epoch -> work.epochs().losses(epoch)).orElseGet(() -> work.epochs()
                        .lossesUpTo(epoch()));
        this.reference = asked.reference().map(named -> ReferenceLosses.of(work, named));
    }

    /**
     * What was made.
     *
     * @param record of it
     * @param tables to commit
     */
    record Made(SubsetRecord record, List<StagedTable> tables) {
        /** The same without clusters of its own, where a command of another epoch has made the same ones meanwhile. */
        Made beside(Optional<ClusterSettings> clusters) {
            if (record.clusters() == null || !clusters.equals(Optional.of(record.clusters()))) {
                return this;
            }
            return new Made(
                    new SubsetRecord(record.settings(), record.figures(), record.losses(), null, record.referenceLog()),
                    tables.stream()
                            .filter(table -> !table.name().equals(Tables.CLUSTERS.name()))
                            .toList());
        }
    }

    private int epoch() {
        return work.asked().epoch();
    }

    /** What decides the subset, as far as it is known before it is made. */
    SubsetSettings settings() {
        return settings(
                scoresItself
                        ? new UsedLosses(epoch(), BY_THIS_COMMAND)
                        : scored.map(record -> new UsedLosses(
                                        record.epoch(), record.run().start()))
                                .orElse(null));
    }

    private SubsetSettings settings(UsedLosses losses) {
        return new SubsetSettings(
                new PolicySettings(
                        policy.name(),
                        asked.policy().parameters(),
                        policy.declaration().takesRatio()
                                ? (Double) asked.size().ratios().ratio(epoch())
                                : null,
                        asked.size().schedule().orElse(null),
                        asked.epochs().isPresent() ? (Integer) asked.epochs().getAsInt() : null),
                asked.shape().columns(),
                asked.shape().files().orElse(null),
                policy.declaration().needs(Need.CLASSES)
                        ? new ClassSettings(
                                asked.classes().source().toString(),
                                asked.classes().source() == Source.LABEL
                                        ? null
                                        : (Integer) asked.classes().clusters())
                        : null,
                work.asked().seed(),
                losses,
                reference.map(ReferenceLosses::settings).orElse(null));
    }

    /** Says what is missing when the policy needs losses and there are none. */
    void refuseUnknownLosses() {
        String root = work.home().root().toString();
        asked.lossesEpoch().ifPresent(named -> {
            if (scoresItself && named != epoch()) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        Flag.LOSSES_EPOCH + " " + named + " is not the " + Flag.EPOCH + " " + epoch()
                                + " that is scored here: leave it out, or use select.");
            }
            if (!scoresItself && scored.isEmpty()) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        Flag.LOSSES_EPOCH + " " + named + ": " + root
                                + " has no losses of that epoch. Name one that was scored, or score it.");
            }
        });
        if (policy.declaration().needs(Need.LOSSES) && scored.isEmpty() && !scoresItself) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.POLICY + " " + policy.name() + " needs losses, and " + root + " has none up to epoch "
                            + epoch() + ". Score an epoch first, name " + Flag.LOSSES
                            + ", or begin with uniform or cyclic.");
        }
        reference.ifPresent(
                others -> others.requireOthers(scored.map(EpochRecord::epoch).orElse(epoch())));
    }

    /** The kind of the losses that are used, where it is known. */
    private Optional<LossKind> loss() {
        return scoresItself
                ? work.asked()
                        .losses()
                        .filter(LossRequest.Learner.class::isInstance)
                        .map(learner -> ((LossRequest.Learner) learner).loss())
                : scored.flatMap(ReferenceLosses::kind);
    }

    /** What made the losses that are read, those to compare with included, where this command does not make them. */
    List<EpochRecord> used() {
        return Stream.concat(scored.stream(), reference.flatMap(ReferenceLosses::scored).stream())
                .toList();
    }

    /** What making it would be, in words that follow "would". */
    String told() {
        if (policy.declaration().needs(Need.CLASSES) && asked.classes().source() == Source.LABEL) {
            requireLabels();
        }
        reference.flatMap(others -> others.warning(loss())).ifPresent(work.run()::warn);
        long samples = work.targets().rows();
        String size = policy.declaration().takesRatio()
                ? String.format(
                        Locale.ROOT,
                        "%,d of %,d samples",
                        Selection.share(asked.size().ratios().ratio(epoch()), samples),
                        samples)
                : String.format(Locale.ROOT, "some of %,d samples", samples);
        String by = scoresItself
                ? " and the losses made before"
                : scored.map(record -> " and the losses of epoch " + record.epoch())
                        .orElse("");
        return "choose " + size + " by " + policy.name() + by;
    }

    /** The losses that are there before this command. */
    Optional<EpochLosses.Found> found() {
        return scored.map(
                record -> new EpochLosses.Found(record, work.opened(Tables.epoch(Tables.LOSSES, record.epoch()))));
    }

    /**
     * Writes {@code subsets/epoch=E} into the staging folder.
     *
     * @param losses to choose by
     */
    Made make(Optional<? extends EpochLosses> losses) {
        RangedFiles targets = work.targets().files();
        Optional<Clusters> clusters = clusters();
        reference.flatMap(others -> others.warning(loss())).ifPresent(work.run()::warn);
        Optional<ReferenceLosses.Opened> references = reference.map(ReferenceLosses::open);
        ScoreFiles scores = new ScoreFiles(
                targets,
                losses.map(EpochLosses::files),
                references.map(ReferenceLosses.Opened::files),
                clusters.map(Clusters::files));
        List<IndexRange> ranges = work.ranges();
        Selection.Settled settled = work.run()
                .timed(
                        "statistics",
                        () -> Selection.settle(
                                policy,
                                new SparkPopulation(work.run().spark(), scores, ranges),
                                work.asked().seed(),
                                epoch(),
                                asked.epochs(),
                                asked.size().ratios().ratio(epoch()),
                                this::sizeBefore));
        policy.warning(settled.selection()).ifPresent(work.run()::warn);
        String table = Tables.epoch(Tables.SUBSET, epoch());
        SelectStep.Subset subset = work.run()
                .timed(
                        "subset",
                        () -> SelectStep.run(
                                work.run().spark(),
                                scores,
                                ranges,
                                settled,
                                wide(),
                                asked.shape().files(),
                                work.folder(table)));
        // Two passes see the same rows, or one of them is wrong.
        settled.requireSize(subset.rows());
        List<StagedTable> tables = new ArrayList<>();
        clusters.flatMap(Clusters::made).ifPresent(tables::add);
        tables.add(work.staged(table).requireRows(subset.rows()));
        return new Made(
                new SubsetRecord(
                        settings(losses.map(this::used).orElse(null)),
                        new SubsetRecord.SubsetInfo(
                                subset.rows(),
                                subset.files(),
                                Double.isNaN(subset.meanLoss()) ? null : subset.meanLoss(),
                                subset.weights(),
                                losses.isPresent() ? (Long) (subset.rows() - subset.withLoss()) : null),
                        losses.map(known -> info(settled.selection().summary(), known.epoch()))
                                .orElse(null),
                        clusters.flatMap(Clusters::made).isPresent() ? clusterSettings() : null,
                        references.flatMap(ReferenceLosses.Opened::log).orElse(null)),
                tables);
    }

    private UsedLosses used(EpochLosses losses) {
        String made =
                losses instanceof EpochLosses.Found found ? found.record().run().start() : started();
        return new UsedLosses(losses.epoch(), made);
    }

    private String started() {
        return RunInfo.started(work.run());
    }

    private static LossInfo info(Summary summary, int epoch) {
        KnownLosses losses = summary.losses();
        return new LossInfo(
                epoch, losses.mean(), losses.smallest(), losses.largest(), summary.rows() - losses.number());
    }

    /** The size of an earlier epoch's subset: as it was made, else as this command's ratio has it. */
    private long sizeBefore(int earlier) {
        return work.epochs()
                .subset(earlier)
                .filter(record -> record.subset().settings().policy().policy().equals(policy.name())
                        && record.subset().settings().seed() == work.asked().seed())
                .map(record -> record.subset().figures().rows())
                .orElseGet(() -> Selection.share(
                        asked.size().ratios().ratio(earlier), work.targets().rows()));
    }

    private SelectStep.Wide wide() {
        Optional<ImageSource> pictures =
                asked.shape().columns() == Columns.IMAGES ? work.targets().pictures() : Optional.empty();
        return new SelectStep.Wide(
                asked.shape().columns(),
                work.targets().files(),
                work.targets().dimension(),
                work.targets().keepImages(),
                pictures,
                work.epochs().conversion().source().bytes());
    }

    /** Pseudo-classes: there before, or made here. */
    private record Clusters(RangedFiles files, Optional<StagedTable> made) {}

    private ClusterSettings clusterSettings() {
        return new ClusterSettings(asked.classes().clusters(), work.asked().seed());
    }

    /** Pseudo-classes, where the policy wants classes and there are no labels, or they were asked for. */
    private Optional<Clusters> clusters() {
        boolean wanted = policy.declaration().needs(Need.CLASSES)
                && switch (asked.classes().source()) {
                    case CLUSTER -> true;
                    case LABEL -> requireLabels();
                    case AUTO ->
                        policy.declaration().needs(Need.CLUSTERS_FOR_LABELS)
                                && !work.targets().hasLabels();
                };
        if (!wanted) {
            return Optional.empty();
        }
        String table = Tables.CLUSTERS.name();
        if (work.epochs().clusters().equals(Optional.of(clusterSettings()))) {
            return Optional.of(new Clusters(work.opened(table), Optional.empty()));
        }
        work.run()
                .timed(
                        "cluster",
                        () -> ClusterStep.run(
                                work.run().session(),
                                work.targets().files(),
                                asked.classes().clusters(),
                                work.asked().seed(),
                                work.ranges(),
                                work.folder(table)));
        StagedTable made = work.staged(table).requireRows(work.targets().rows());
        return Optional.of(new Clusters(TableFiles.readable(made, work.folder(table)), Optional.of(made)));
    }

    private boolean requireLabels() {
        if (!work.targets().hasLabels()) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.CLASSES + " label: " + work.home().root() + " has no labels. Use " + Flag.CLASSES
                            + " cluster.");
        }
        return false;
    }
}
