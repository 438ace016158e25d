package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.image.Interpolation;
import io.rela.image.PixelLayout;
import io.rela.loss.LossKind;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionRecord.ProjectionInfo;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.ConversionSettings.ProjectionSettings;
import io.rela.manifest.Counts;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.LossInfo;
import io.rela.manifest.LossSettings;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.MannerInfo;
import io.rela.manifest.ModelInfo;
import io.rela.manifest.RunInfo;
import io.rela.manifest.SourceSettings;
import io.rela.manifest.SubsetRecord;
import io.rela.manifest.SubsetSettings;
import io.rela.manifest.SubsetSettings.PolicySettings;
import io.rela.manifest.SubsetSettings.UsedLosses;
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
import org.junit.jupiter.api.Test;

class CommandLinesTest {
    private static final String HOME = "file:/home";
    private static final String MADE = "2026-01-01T00:00:00.000Z";
    private static final Fingerprint SOURCE = new Fingerprint(4, 400, "ab");
    private static final ViewSettings VIEW =
            new ViewSettings(32, 36, Interpolation.BILINEAR, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
    private static final MannerInfo MANNER = new MannerInfo("cpu", Missing.FAIL, 0.1, "8");
    private static final SubsetSettings SUBSET = new SubsetSettings(
            new PolicySettings("middle", Map.of(), 0.5, null, null),
            Columns.INDEX,
            3,
            null,
            0,
            new UsedLosses(2, MADE),
            null);

    @Test
    void aPrecisionIsWrittenUnlessItIsTheUsualOne() {
        assertThat(CommandLines.of(conversion(Precision.BFLOAT16), HOME)).contains(" --precision bfloat16 ");
        assertThat(CommandLines.of(conversion(Precision.FLOAT32), HOME)).doesNotContain("--precision");
        assertThat(CommandLines.of(epoch("score", scored(Precision.FLOAT16), null), HOME))
                .startsWith("rela score --home file:/home --epoch 2 --learner ")
                .contains(" --precision float16 ");
        assertThat(CommandLines.of(epoch("score", scored(Precision.FLOAT32), null), HOME))
                .doesNotContain("--precision");
    }

    @Test
    void aLogNamesTheLossesThatItLiesOn() {
        assertThat(CommandLines.of(epoch("score", logged(new LossSettings.LaidOver(1, MADE)), null), HOME))
                .isEqualTo("rela score --home file:/home --epoch 2 --losses file:/log.csv --losses-onto 1");
        assertThat(CommandLines.of(epoch("score", logged(null), null), HOME)).endsWith(" --losses-onto none");
    }

    @Test
    void aSubsetNamesItsFiles() {
        assertThat(CommandLines.of(epoch("distill", scored(Precision.FLOAT32), SUBSET), HOME))
                .startsWith("rela distill ")
                .contains(" --files 3 ")
                .doesNotContain("--losses-epoch");
    }

    @Test
    void distillThatFoundItsLossesIsWrittenAsSelect() {
        assertThat(CommandLines.of(epoch("distill", null, SUBSET), HOME))
                .isEqualTo(
                        "rela select --home file:/home --epoch 2 --policy middle --ratio 0.5 --columns index --files 3"
                                + " --losses-epoch 2 --seed 0");
    }

    private static ConversionRecord conversion(Precision precision) {
        return new ConversionRecord(
                "convert",
                new ConversionSettings(
                        new SourceSettings("file:/photos", InputFormat.FOLDER, null, null, null),
                        "c0ffee",
                        VIEW,
                        new ProjectionSettings(ProjectionKind.PCA, Dimensions.of(3), AxisScale.none(), 0, null),
                        false,
                        8,
                        PixelLayout.PLANAR,
                        precision),
                MANNER,
                new ModelInfo("file:/prior", "c0ffee", 7, 32, precision),
                SOURCE,
                new ConversionRecord.Result(Counts.all(4), new ProjectionInfo("pca", 3, 0.875, 0, null), null),
                run());
    }

    private static LossesRecord scored(Precision precision) {
        LossSettings settings = new LossSettings.Scored(
                "beef",
                VIEW,
                LossKind.COSINE,
                new LossSettings.TransferSettings("none", null, null, null, null),
                8,
                PixelLayout.PLANAR,
                precision);
        return new LossesRecord(
                settings, MANNER, new ModelInfo("file:/learner", "beef", 7, 32, precision), null, figures(), null);
    }

    private static LossesRecord logged(LossSettings.LaidOver onto) {
        return new LossesRecord(
                new LossSettings.Logged("file:/log.csv", null, 10, 20, onto), null, null, null, figures(), null);
    }

    private static LossInfo figures() {
        return new LossInfo(2, 0.5, 0, 1, 0);
    }

    private static EpochRecord epoch(String command, LossesRecord losses, SubsetSettings subset) {
        return new EpochRecord(
                command,
                2,
                losses,
                subset == null
                        ? null
                        : new SubsetRecord(
                                subset, new SubsetRecord.SubsetInfo(2, 3, 0.5, 2, 0L), figures(), null, null),
                SOURCE,
                Counts.all(4),
                run());
    }

    private static RunInfo run() {
        return new RunInfo(Outcome.DONE, MADE, MADE, Map.of(), Map.of(), List.of(), List.of());
    }
}
