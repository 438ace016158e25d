package io.rela.convert;

import io.rela.home.DatasetHome;
import io.rela.home.FinishedHome;
import io.rela.home.TableFiles;
import io.rela.manifest.ConversionRecord.ConsensusInfo;
import io.rela.manifest.ConversionRecord.ProjectionInfo;
import io.rela.manifest.StagedTable;
import io.rela.moments.FeatureFiles;
import io.rela.moments.FeatureRows;
import io.rela.moments.Moments;
import io.rela.moments.MomentsStep;
import io.rela.projection.Axes;
import io.rela.projection.Consensus;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionKind;
import io.rela.projection.ProjectionTable;
import io.rela.projection.Projections;
import io.rela.run.CommandRun;
import io.rela.run.Redaction;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * Projection and targets that were made of features. Immutable.
 *
 * @param tables of them, staged
 * @param info on the projection, in figures
 */
record Projected(List<StagedTable> tables, ProjectionInfo info) {
    private static final double DECIMALS = 1e6;

    /**
     * Fits the axes and writes both tables. Driver only.
     *
     * @param other home that axes are shared with; empty where they are not
     * @param home that the tables are made for
     * @param staging the folder that takes one folder a table; what is there of the two goes
     */
    static Projected make(
            CommandRun run, Embedded embedded, Optional<FinishedHome> other, DatasetHome home, Path staging) {
        FeatureFiles features =
                run.timed("project", () -> features(run, embedded, other, home.scratch(staging, "other")));
        Projection projection = run.timed("project", () -> fit(run, embedded, features));
        TableFolder axes = home.folder(staging, Tables.PROJECTION.name());
        TableFolder targets = home.folder(staging, Tables.TARGETS.name());
        run.timed(
                "project",
                () -> ProjectionTable.write(projection, axes.removed().place(), run.session()));
        run.timed("targets", () -> TargetsStep.run(run.spark(), embedded, features, projection, run.slots(), targets));
        return new Projected(
                List.of(
                        TableFiles.staged(Tables.PROJECTION.name(), axes),
                        TableFiles.staged(Tables.TARGETS.name(), targets)),
                info(projection, other));
    }

    private static FeatureFiles features(
            CommandRun run, Embedded embedded, Optional<FinishedHome> other, TableFolder folder) {
        List<RangedFiles> priors = new ArrayList<>(List.of(embedded.features().files()));
        other.ifPresent(home -> priors.add(new OtherFeatures(run, home).aligned(embedded, folder)));
        return new FeatureFiles(priors);
    }

    private static Projection fit(CommandRun run, Embedded embedded, FeatureFiles features) {
        Moments moments = MomentsStep.of(
                FeatureRows.of(run.spark(), features),
                embedded.features().plan().block());
        Axes axes = embedded.settings().projection().axes();
        return axes.kind() == ProjectionKind.CONSENSUS
                ? Consensus.fit(axes, moments, embedded.origin().prior().outputDimension())
                : Projections.fit(axes, moments);
    }

    private static ProjectionInfo info(Projection projection, Optional<FinishedHome> other) {
        double explained = 0;
        List<Double> correlations = new ArrayList<>();
        for (float variance : projection.explainedVariance()) {
            explained += variance;
            correlations.add(Math.round(Math.sqrt(variance) * DECIMALS) / DECIMALS);
        }
        return new ProjectionInfo(
                projection.kind().label(),
                projection.outputDimension(),
                projection.totalVariance() == 0 ? 0 : Math.min(1, explained / projection.totalVariance()),
                projection.zeroVariance(),
                other.map(home -> new ConsensusInfo(
                                Redaction.of(home.home().root().toString()),
                                home.conversion().prior(),
                                correlations))
                        .orElse(null));
    }
}
