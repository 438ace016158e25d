package io.rela.distill;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.cli.EpochCommand;
import io.rela.cli.SelectOptions;
import io.rela.cluster.ClusterStep;
import io.rela.home.DatasetHome;
import io.rela.home.Epochs;
import io.rela.home.HomeTables;
import io.rela.home.ManifestRecord.LossInfo;
import io.rela.home.ManifestRecord.SubsetInfo;
import io.rela.home.ManifestRecord;
import io.rela.run.Timings;
import io.rela.select.Columns;
import io.rela.select.RatioSchedule;
import io.rela.select.ScoreFiles;
import io.rela.select.SelectStep;
import io.rela.select.Selection;
import io.rela.select.SelectionPolicy;
import io.rela.select.SparkPopulation;
import io.rela.source.ImageSource;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Chooses the subset of an epoch. Driver only, used once. */
final class Selecting {
    static final String LOSSES_MADE = "losses-made";
    private static final String LOSSES_EPOCH = "losses-epoch";

    private final SparkSession session;
    private final JavaSparkContext spark;
    private final DatasetHome home;
    private final Epochs epochs;
    private final EpochCommand asked;
    private final SelectOptions options;
    private final SelectionPolicy policy;
    private final Timings timings;
    private final Consumer<String> warn;
    /** What made the losses that are used; empty for none, or for those that this command makes. */
    private final Optional<ManifestRecord> scored;

    private final boolean scoresItself;

    /**
     * @param scoresItself whether this command makes the losses
     * @param warn takes what a person should know
     */
    Selecting(
            SparkSession session,
            DatasetHome home,
            Epochs epochs,
            EpochCommand asked,
            SelectOptions options,
            boolean scoresItself,
            Timings timings,
            Consumer<String> warn) {
        this.session = session;
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.home = home;
        this.epochs = epochs;
        this.asked = asked;
        this.options = options;
        this.policy = options.policy();
        this.timings = timings;
        this.warn = warn;
        this.scoresItself = scoresItself;
        if (scoresItself) {
            scored = Optional.empty();
        } else if (options.lossesEpoch != null) {
            scored = epochs.losses(options.lossesEpoch);
        } else {
            scored = epochs.lossesUpTo(asked.epoch);
        }
    }

    /** What was made: tables to commit, settings that were resolved on the way, and figures. */
    record Made(List<String> tables, Map<String, String> settings, SubsetInfo subset, Optional<LossInfo> losses) {}

    /** The settings that decide the subset, by option name. */
    Map<String, String> identity() {
        Map<String, String> identity = options.identity(asked.epoch);
        identity.put("seed", Long.toString(asked.seed));
        if (scoresItself) {
            identity.put(LOSSES_EPOCH, Integer.toString(asked.epoch));
            identity.put(LOSSES_MADE, "by this command");
        }
        scored.ifPresent(record -> {
            identity.put(LOSSES_EPOCH, Integer.toString(record.distillation().epoch()));
            identity.put(LOSSES_MADE, record.start());
        });
        return identity;
    }

    /** Every setting that may decide a subset. */
    static Set<String> keys() {
        Set<String> keys = SelectOptions.keys();
        keys.addAll(List.of("seed", LOSSES_EPOCH, LOSSES_MADE));
        return keys;
    }

    /** Says what is missing when the policy needs losses and there are none. */
    void refuseUnknownLosses() {
        if (options.lossesEpoch != null && scored.isEmpty() && !scoresItself) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--losses-epoch " + options.lossesEpoch + ": " + home.root()
                            + " has no losses of that epoch. Name one that was scored, or score it.");
        }
        if (options.lossesEpoch != null && scoresItself && !options.lossesEpoch.equals(asked.epoch)) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--losses-epoch " + options.lossesEpoch + " is not the --epoch " + asked.epoch
                            + " that is scored here: leave it out, or use select.");
        }
        if (policy.needsLosses() && scored.isEmpty() && !scoresItself) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--policy " + policy.name() + " needs losses, and " + home.root() + " has none up to epoch "
                            + asked.epoch + ". Score first (rela score), name --losses, or begin with uniform or"
                            + " cyclic.");
        }
    }

    /** Writes {@code subsets/epoch=E} into the staging folder. */
    Made make(Path staged, Optional<Losses.Made> made) {
        RangedFiles targets = HomeTables.files(home.fileSystem(), home.table(Tables.TARGETS.name()));
        Optional<RangedFiles> losses = made.isPresent()
                ? Optional.of(files(new Path(staged, Tables.epoch(Tables.LOSSES, asked.epoch))))
                : scored.map(record -> files(home.table(
                        Tables.epoch(Tables.LOSSES, record.distillation().epoch()))));
        List<String> tables = new ArrayList<>();
        Map<String, String> settings = new TreeMap<>();
        Optional<RangedFiles> clusters = clusters(staged, targets, tables, settings);
        ScoreFiles scores = new ScoreFiles(targets, losses, clusters);
        List<IndexRange> ranges = LossFigures.ranges(spark, scores.range(), asked.partitions);
        RatioSchedule ratios = options.ratios();
        spark.sc().setJobDescription("statistics of losses");
        Selection.Settled settled = timings.timed(
                "statistics",
                () -> Selection.settle(
                        policy,
                        new SparkPopulation(spark, scores, ranges),
                        asked.seed,
                        asked.epoch,
                        options.epochs(),
                        ratios.ratio(asked.epoch),
                        epoch -> sizeBefore(epoch, ratios, targets.rows())));
        policy.warning(settled.selection()).ifPresent(warn);
        String table = Tables.epoch(Tables.SUBSET, asked.epoch);
        SelectStep.Subset subset = timings.timed(
                "subset",
                () -> SelectStep.run(
                        spark,
                        scores,
                        ranges,
                        settled,
                        wide(targets),
                        new TableFolder(home.fileSystem(), new Path(staged, table))));
        tables.add(table);
        // Two passes see the same rows, or one of them is wrong.
        settled.requireSize(subset.rows());
        return new Made(
                tables,
                settings,
                new SubsetInfo(
                        policy.name(),
                        subset.rows(),
                        subset.files(),
                        Double.isNaN(subset.meanLoss()) ? null : subset.meanLoss(),
                        subset.weights()),
                losses.map(files -> LossFigures.of(
                        settled.selection().summary(),
                        scored.map(record -> record.distillation().epoch()).orElse(asked.epoch))));
    }

    private RangedFiles files(Path folder) {
        return HomeTables.files(home.fileSystem(), folder);
    }

    /** The size of an earlier epoch's subset: as it was made, else as this command's ratio has it. */
    private long sizeBefore(int epoch, RatioSchedule ratios, long samples) {
        return epochs.subset(epoch)
                .filter(record -> record.settings().get(Epochs.POLICY).equals(policy.name())
                        && record.settings().get("seed").equals(Long.toString(asked.seed)))
                .map(record -> record.counts().selected())
                .orElseGet(() -> Selection.share(ratios.ratio(epoch), samples));
    }

    private SelectStep.Wide wide(RangedFiles targets) {
        ManifestRecord conversion = epochs.conversion();
        boolean kept = Sources.areKept(conversion);
        Optional<ImageSource> source = options.columns == Columns.IMAGES
                ? Sources.unlessKept(conversion, spark.hadoopConfiguration())
                : Optional.empty();
        return new SelectStep.Wide(
                options.columns,
                targets,
                conversion.projection().dimensions(),
                kept,
                source,
                conversion.source().bytes());
    }

    /** Pseudo-classes, where the policy wants classes and there are no labels, or they were asked for. */
    private Optional<RangedFiles> clusters(
            Path staged, RangedFiles targets, List<String> tables, Map<String, String> settings) {
        boolean wanted = policy.takesClasses()
                && switch (options.classes) {
                    case CLUSTER -> true;
                    case LABEL -> requireLabels();
                    case AUTO -> policy.clustersUnlabeled() && !HomeTables.hasLabels(session, home);
                };
        if (!wanted) {
            return Optional.empty();
        }
        String table = Tables.CLUSTERS.name();
        String made = options.clusters() + " of seed " + asked.seed;
        boolean reused = epochs.clusters()
                        .filter(record ->
                                record.settings().get(Epochs.CLUSTERS_MADE).equals(made))
                        .isPresent()
                && home.missing(List.of(table)).isEmpty();
        if (reused) {
            return Optional.of(files(home.table(table)));
        }
        Path folder = new Path(staged, table);
        timings.timed("cluster", () -> {
            ClusterStep.run(
                    session,
                    targets,
                    home.table(Tables.TARGETS.name()).toString(),
                    options.clusters(),
                    asked.seed,
                    LossFigures.ranges(spark, new IndexRange(0, targets.end()), asked.partitions),
                    new TableFolder(home.fileSystem(), folder));
            return folder;
        });
        tables.add(table);
        settings.put(Epochs.CLUSTERS_MADE, made);
        return Optional.of(files(folder));
    }

    private boolean requireLabels() {
        if (!HomeTables.hasLabels(session, home)) {
            throw new RelaException(
                    ExitCode.SETTINGS, "--classes label: " + home.root() + " has no labels. Use --classes cluster.");
        }
        return false;
    }
}
