package io.rela.home;

import io.rela.image.Interpolation;
import io.rela.image.PixelLayout;
import io.rela.manifest.Change;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.Counts;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.HomeRecord;
import io.rela.manifest.LossInfo;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.MannerInfo;
import io.rela.manifest.ModelInfo;
import io.rela.manifest.PruneRecord;
import io.rela.manifest.RunInfo;
import io.rela.manifest.SourceSettings;
import io.rela.manifest.StagedTable;
import io.rela.manifest.SubsetRecord;
import io.rela.manifest.SubsetSettings;
import io.rela.manifest.TableFile;
import io.rela.manifest.ViewSettings;
import io.rela.model.Precision;
import io.rela.projection.AxisScale;
import io.rela.projection.Dimensions;
import io.rela.projection.ProjectionKind;
import io.rela.run.Outcome;
import io.rela.select.Columns;
import io.rela.source.Fingerprint;
import io.rela.source.InputFormat;
import io.rela.source.Missing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What commands do to a home, for tests of its card. */
final class CardManifests {
    private static final Fingerprint SOURCE = new Fingerprint(5, 500, "ab");

    private CardManifests() {}

    /** A conversion of 5 pictures, of which one was rejected, with as many files of targets as asked for. */
    static Change conversion(List<String> classNames, boolean keepImages, int files) {
        ConversionSettings settings = new ConversionSettings(
                new SourceSettings("file:/photos", InputFormat.FOLDER, null, null, null),
                "c0ffee",
                new ViewSettings(32, 36, Interpolation.BILINEAR, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f)),
                new ConversionSettings.ProjectionSettings(
                        ProjectionKind.PCA, Dimensions.of(3), AxisScale.none(), 0, null),
                keepImages,
                8,
                PixelLayout.INTERLEAVED,
                Precision.FLOAT32);
        ConversionRecord record = new ConversionRecord(
                ConversionRecord.COMMAND,
                settings,
                new MannerInfo("cpu", Missing.FAIL, 0.3, "8"),
                new ModelInfo("file:/priors/odd`|name.pt/", "c0ffee", 7, 32, Precision.FLOAT32),
                SOURCE,
                new ConversionRecord.Result(
                        new Counts(5, 4, 1, Map.of("corrupt", 1L), null),
                        new ConversionRecord.ProjectionInfo("pca", 3, 0.875, 0, null),
                        null),
                run());
        return new Change(
                List.of(
                        table("targets", files, 4),
                        table("features", 1, 4),
                        table("projection", 1, 1),
                        table("rejects", 1, 1)),
                List.of(),
                record,
                Optional.of(classNames));
    }

    /** Losses and a subset of an epoch. */
    static Change epoch(int epoch, Columns columns) {
        SubsetSettings settings = new SubsetSettings(
                new SubsetSettings.PolicySettings("uniform", Map.of(), 0.5, null, null),
                columns,
                null,
                null,
                0,
                null,
                null);
        HomeRecord record = new EpochRecord(
                "distill",
                epoch,
                new LossesRecord(null, null, null, null, new LossInfo(epoch, 0.5, 0, 1, 0), null),
                new SubsetRecord(settings, new SubsetRecord.SubsetInfo(2, 1, null, 2, null), null, null, null),
                SOURCE,
                Counts.all(4).selecting(2L),
                run());
        return new Change(
                List.of(table("losses/epoch=" + epoch, 1, 4), table("subsets/epoch=" + epoch, 1, 2)),
                List.of(),
                record);
    }

    /** A removal of epochs. */
    static Change pruning(int... epochs) {
        List<String> removed = IntStream.of(epochs)
                .boxed()
                .flatMap(epoch -> Stream.of("losses/epoch=" + epoch, "subsets/epoch=" + epoch))
                .toList();
        return new Change(List.of(), removed, new PruneRecord(PruneRecord.COMMAND, 1, removed, run()));
    }

    /** A table whose rows all lie in its first file. */
    static StagedTable table(String name, int files, long rows) {
        return new StagedTable(
                name,
                IntStream.range(0, files)
                        .mapToObj(file -> new TableFile(
                                name + "/part-" + file + ".parquet", file == 0 ? rows : 0, 10, null, null))
                        .toList());
    }

    /** A run that did what it was asked for. */
    static RunInfo run() {
        return new RunInfo(
                Outcome.DONE,
                "2026-01-01T00:00:00.000Z",
                "2026-01-01T00:00:01.000Z",
                Map.of(),
                Map.of(),
                List.of(),
                List.of());
    }
}
