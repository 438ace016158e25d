package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.manifest.Counts;
import io.rela.manifest.LossInfo;
import io.rela.manifest.LossesRecord.TransferInfo;
import io.rela.manifest.ModelInfo;
import io.rela.model.Precision;
import io.rela.report.HomeFigures.ConversionFigures;
import io.rela.report.HomeFigures.EpochLosses;
import io.rela.report.HomeFigures.LossFigures;
import io.rela.report.HomeFigures.RecordFigures;
import io.rela.report.HomeFigures.Scree;
import io.rela.report.HomeFigures.State;
import io.rela.report.HomeFigures.SubsetFigures;
import io.rela.report.Verdict.Item;
import io.rela.report.Verdict.Level;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final ModelInfo MODEL = new ModelInfo("builtin:prior", "00", 144, 32, Precision.FLOAT32);

    @Test
    void aHomeWithoutFaultsHasNothingToWarnOf() {
        Verdict verdict = Verdict.of(home(List.of(), Counts.all(100), 0.5, 0));
        assertThat(verdict.headline()).isEqualTo("Whole, and nothing to warn of.");
        assertThat(verdict.level()).isEqualTo(Level.NOTE);
        assertThat(texts(verdict))
                .contains(
                        "Every invariant of the tables and the manifest holds.",
                        "All 100 pictures were converted.",
                        "The prior ran on gpu:0, learners ran on cpu.",
                        "The 2 values of a target keep 80.0% of what the 144 of a feature tell.",
                        "Linear maps from learners to targets have an R² of 0.50 or more.",
                        "Every sample has a loss in epoch 4, the newest scored.");
    }

    @Test
    void whatDoesNotHoldComesFirst() {
        Verdict verdict = Verdict.of(home(List.of("targets/ is missing"), Counts.all(100), 0.5, 0));
        assertThat(verdict.headline()).isEqualTo("Damaged: one thing does not hold.");
        assertThat(verdict.items().get(0)).isEqualTo(new Item(Level.DAMAGE, "targets/ is missing"));
        assertThat(texts(verdict)).noneMatch(text -> text.contains("Every invariant"));
    }

    @Test
    void aTransferThatExplainsNextToNothingWarns() {
        assertThat(Verdict.of(home(List.of(), Counts.all(100), 0.1, 0)).level()).isEqualTo(Level.NOTE);
        Verdict verdict = Verdict.of(home(List.of(), Counts.all(100), 0.099, 0));
        assertThat(verdict.headline()).isEqualTo("Whole, with one warning.");
        assertThat(verdict.items().get(0).text()).contains("epoch 4", "R² 0.099");
        assertThat(texts(verdict)).noneMatch(text -> text.contains("or more"));
    }

    @Test
    void manyRejectsAndMissingLossesWarn() {
        assertThat(Verdict.of(home(List.of(), rejecting(1), 0.5, 0)).items())
                .contains(new Item(Level.NOTE, "1 of 100 pictures were rejected (1.00%): truncated 1."));
        Verdict verdict = Verdict.of(home(List.of(), rejecting(2), 0.5, 7));
        assertThat(verdict.headline()).isEqualTo("Whole, with 2 warnings.");
        assertThat(texts(verdict))
                .contains(
                        "2 of 100 pictures were rejected (2.00%): truncated 2.", "7 samples have no loss in epoch 4.");
    }

    private static Counts rejecting(long some) {
        return new Counts(100, 100 - some, some, Map.of("truncated", some), null);
    }

    private static List<String> texts(Verdict verdict) {
        return verdict.items().stream().map(Item::text).toList();
    }

    private static HomeFigures home(List<String> broken, Counts counts, double r2, long missing) {
        return new HomeFigures(
                "file:/home",
                new State(broken, List.of(), false),
                new ConversionFigures(
                        counts, MODEL, false, List.of("gpu:0"), new Scree("pca", 144, 0, 0.8, List.of(0.5, 0.3))),
                new LossFigures(
                        List.of(new EpochLosses(
                                new LossInfo(4, 0.5, 0.1f, 0.9f, missing),
                                MODEL,
                                new TransferInfo("file:/map", 80, 20, r2, 0.9),
                                List.of("cpu"))),
                        null),
                new SubsetFigures(List.of(), null, Map.of()),
                null,
                List.of(new RecordFigures(
                        "convert", null, "2026-01-01T00:00:00.000Z", Map.of(), List.of(), List.of())));
    }
}
