package io.rela.convert;

import io.rela.convert.Embedded.Features;
import io.rela.home.TableFiles;
import io.rela.manifest.ConversionRecord.ProjectionInfo;
import io.rela.manifest.StagedTable;
import io.rela.moments.FeatureRows;
import io.rela.moments.Moments;
import io.rela.moments.MomentsStep;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionTable;
import io.rela.projection.Projections;
import io.rela.run.CommandRun;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Projection and targets that were made of features. Immutable.
 *
 * @param tables of them, staged
 * @param info on the projection, in figures
 */
record Projected(List<StagedTable> tables, ProjectionInfo info) {
    /**
     * Fits the axes and writes both tables. Driver only.
     *
     * @param staging the folder that takes one folder a table; what is there of the two goes
     */
    static Projected make(CommandRun run, FileSystem fs, Embedded embedded, Path staging) {
        Projection projection = run.timed("project", () -> fit(run, embedded));
        TableFolder axes = new TableFolder(fs, new Path(staging, Tables.PROJECTION.name()));
        TableFolder targets = new TableFolder(fs, new Path(staging, Tables.TARGETS.name()));
        run.timed(
                "project",
                () -> ProjectionTable.write(projection, axes.removed().path().toString(), run.session()));
        run.timed("targets", () -> TargetsStep.run(run.spark(), embedded, projection, run.slots(), targets));
        return new Projected(
                List.of(
                        TableFiles.staged(fs, Tables.PROJECTION.name(), axes.path()),
                        TableFiles.staged(fs, Tables.TARGETS.name(), targets.path())),
                info(projection));
    }

    private static Projection fit(CommandRun run, Embedded embedded) {
        Features features = embedded.features();
        Moments moments = MomentsStep.of(
                FeatureRows.of(run.spark(), features.files()), features.plan().block());
        return Projections.fit(embedded.settings().projection().axes(), moments);
    }

    private static ProjectionInfo info(Projection projection) {
        double explained = 0;
        for (float variance : projection.explainedVariance()) {
            explained += variance;
        }
        return new ProjectionInfo(
                projection.kind().label(),
                projection.outputDimension(),
                projection.totalVariance() == 0 ? 0 : Math.min(1, explained / projection.totalVariance()),
                projection.zeroVariance());
    }
}
