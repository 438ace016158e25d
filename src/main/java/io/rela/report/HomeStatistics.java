package io.rela.report;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.home.DatasetHome;
import io.rela.inspect.Inspection;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionRecord.ConsensusInfo;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.Epochs;
import io.rela.manifest.HomeRecord;
import io.rela.manifest.Manifest;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionTable;
import io.rela.report.HomeFigures.ClassFigures;
import io.rela.report.HomeFigures.ConversionFigures;
import io.rela.report.HomeFigures.EpochLosses;
import io.rela.report.HomeFigures.EpochSubset;
import io.rela.report.HomeFigures.Histograms;
import io.rela.report.HomeFigures.LossFigures;
import io.rela.report.HomeFigures.RecordFigures;
import io.rela.report.HomeFigures.Scree;
import io.rela.report.HomeFigures.State;
import io.rela.report.HomeFigures.SubsetFigures;
import io.rela.run.CommandRun;
import io.rela.run.Failures;
import io.rela.run.Redaction;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Makes the figures of a home. Parts that cannot be read are left out. Driver only, used once. */
final class HomeStatistics {
    private final CommandRun run;
    private final DatasetHome home;
    private final Inspection.Findings found;
    private final Epochs epochs;
    private final EpochStep step;
    private final List<String> unreadable = new ArrayList<>();

    private HomeStatistics(DatasetHome home, Inspection.Findings found, CommandRun run) {
        this.run = run;
        this.home = home;
        this.found = found;
        this.epochs = new Epochs(found.manifest(), home.root());
        this.step = new EpochStep(run.session(), home, found.manifest());
    }

    /**
     * Looks at a home.
     *
     * @throws RelaException when it is none, or holds no finished conversion
     */
    static HomeStatistics of(String uri, CommandRun run) {
        DatasetHome home = DatasetHome.at(uri, run.hadoop());
        Inspection.Findings found = Inspection.look(uri, run);
        if (found.manifest().newest(ConversionRecord.class).isEmpty()) {
            throw new RelaException(
                    ExitCode.HOME, home.root() + " holds no finished conversion to show. Let convert end first.");
        }
        return new HomeStatistics(home, found, run);
    }

    DatasetHome home() {
        return home;
    }

    Manifest manifest() {
        return found.manifest();
    }

    Epochs epochs() {
        return epochs;
    }

    EpochStep step() {
        return step;
    }

    /** Passes over its tables. */
    HomeFigures figures() {
        ConversionRecord conversion = epochs.conversion();
        List<Integer> scored = Shown.of(epochs.losses().keySet());
        List<Integer> selected = Shown.of(epochs.subsets().keySet());
        Optional<Scree> scree = part("the axes", () -> Optional.of(scree(conversion)));
        Optional<Histograms> losses =
                part("histograms of losses", () -> step.histograms(Tables.LOSSES, Tables.LOSS, scored));
        Optional<Histograms> weights =
                part("histograms of weights", () -> step.histograms(Tables.SUBSET, Tables.WEIGHT, selected));
        Optional<ClassFigures> classes =
                part("classes", () -> step.classes(selected).map(this::classes));
        return new HomeFigures(
                Redaction.of(home.root().toString()),
                new State(found.broken(), List.copyOf(unreadable), found.unfinished()),
                new ConversionFigures(
                        conversion.counts(),
                        conversion.prior(),
                        conversion.keepsImages(),
                        conversion.run().devices(),
                        scree.orElse(null)),
                new LossFigures(
                        epochs.losses().values().stream()
                                .map(HomeStatistics::losses)
                                .toList(),
                        losses.orElse(null)),
                new SubsetFigures(
                        epochs.subsets().values().stream()
                                .map(HomeStatistics::subset)
                                .toList(),
                        weights.orElse(null),
                        found.timesSelected()),
                classes.orElse(null),
                records());
    }

    /** A part of the figures; where the home is damaged, or another command changes it meanwhile, it may fail, and is missed then. */
    <T> Optional<T> part(String name, Supplier<Optional<T>> work) {
        try {
            return run.timed(name, work);
        } catch (Exception e) {
            unreadable.add(name + ": " + Failures.root(e));
            return Optional.empty();
        }
    }

    private Scree scree(ConversionRecord conversion) {
        ConsensusInfo consensus = conversion.projection().consensus();
        Projection projection =
                ProjectionTable.read(home.table(Tables.PROJECTION.name()).toString(), run.session());
        List<Double> shares = new ArrayList<>();
        for (float variance : projection.explainedVariance()) {
            shares.add(projection.totalVariance() == 0 ? 0 : variance / projection.totalVariance());
        }
        return new Scree(
                projection.kind().label(),
                projection.inputDimension(),
                projection.zeroVariance(),
                consensus == null ? (Double) conversion.projection().explainedVariance() : null,
                consensus == null ? shares : null,
                consensus == null ? null : consensus.correlations());
    }

    private ClassFigures classes(ClassCounts counts) {
        return new ClassFigures(
                counts.labeled(),
                counts.classes(),
                counts.shown(found.manifest().classNames()));
    }

    private static EpochLosses losses(EpochRecord record) {
        return new EpochLosses(
                record.losses().figures(),
                record.losses().learner(),
                record.losses().transfer(),
                record.run().devices());
    }

    private static EpochSubset subset(EpochRecord record) {
        return new EpochSubset(
                record.epoch(),
                record.subset().settings().policy().policy(),
                record.subset().figures().rows(),
                record.subset().figures().weightSum(),
                record.subset().figures().meanLoss(),
                record.subset().losses() == null
                        ? null
                        : (Integer) record.subset().losses().epoch());
    }

    private List<RecordFigures> records() {
        Set<HomeRecord> standing = new HashSet<>(epochs.losses().values());
        standing.addAll(epochs.subsets().values());
        standing.add(epochs.conversion());
        return found.manifest().records().stream()
                .map(record -> record(record, standing.contains(record)))
                .toList();
    }

    private static RecordFigures record(HomeRecord record, boolean stands) {
        return new RecordFigures(
                record.command(),
                stands,
                record instanceof EpochRecord epoch ? (Integer) epoch.epoch() : null,
                record.run().start(),
                record.run().seconds(),
                record.run().devices(),
                record.run().warnings());
    }
}
