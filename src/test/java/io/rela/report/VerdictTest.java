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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final ModelInfo MODEL = new ModelInfo("builtin:prior", "00", 144, 32, Precision.FLOAT32);
    private static final State WHOLE = new State(List.of(), List.of(), false);
    private static final Scree PCA = new Scree("pca", 144, 0, 0.8, List.of(0.5, 0.3), null);

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

    @Test
    void aConsensusTellsCorrelationsAndNoVariance() {
        Scree shared = new Scree("consensus", 144, 0, null, null, List.of(0.97, 0.5, 0.25));
        assertThat(texts(Verdict.of(home(WHOLE, Counts.all(100), 0.5, 0, shared, List.of()))))
                .contains(
                        "The 3 values of a target are what two priors share: their correlations are from 0.97 to 0.25.")
                .noneMatch(text -> text.contains("keep"));
    }

    @Test
    void onlyWhatStillStandsWarnsAndTheTransferOnce() {
        List<RecordFigures> records = List.of(
                record("score", false, 4, "of losses that were made anew"),
                record("score", true, 4, transfer(0.01).warning()),
                record("select", true, 5, "few samples"));
        Verdict verdict = Verdict.of(home(WHOLE, Counts.all(100), 0.01, 0, PCA, records));
        assertThat(verdict.headline()).isEqualTo("Whole, with 2 warnings.");
        assertThat(verdict.items().subList(0, 2))
                .extracting(Item::text)
                .satisfiesExactly(text -> assertThat(text).contains("R² 0.010"), text -> assertThat(text)
                        .isEqualTo("select warned: few samples"));
    }

    @Test
    void warningsThatAreLeftOutAreCounted() {
        List<RecordFigures> records = IntStream.range(0, 13)
                .mapToObj(epoch -> record("select", true, epoch, "few samples in epoch " + epoch))
                .toList();
        Verdict verdict = Verdict.of(home(WHOLE, Counts.all(100), 0.5, 0, PCA, records));
        assertThat(verdict.headline()).isEqualTo("Whole, with 13 warnings.");
        assertThat(texts(verdict))
                .contains(
                        "select warned: few samples in epoch 12",
                        "3 older warnings of commands are left out: they stand in the JSON file.")
                .doesNotContain("select warned: few samples in epoch 2");
    }

    @Test
    void classesThatCannotBeReadAreNotSaidToBeNone() {
        State unread = new State(List.of(), List.of("classes: gone"), false);
        assertThat(texts(Verdict.of(home(unread, Counts.all(100), 0.5, 0, PCA, List.of()))))
                .contains("Left out of this report: classes: gone")
                .doesNotContain("The pictures have no labels.");
    }

    private static RecordFigures record(String command, boolean stands, int epoch, String... warnings) {
        return new RecordFigures(
                command, stands, epoch, "2026-01-01T00:00:00.000Z", Map.of(), List.of(), List.of(warnings));
    }

    private static TransferInfo transfer(double r2) {
        return new TransferInfo("file:/map", 80, 20, r2, 0.9);
    }

    private static HomeFigures home(List<String> broken, Counts counts, double r2, long missing) {
        return home(new State(broken, List.of(), false), counts, r2, missing, PCA, List.of());
    }

    private static HomeFigures home(
            State state, Counts counts, double r2, long missing, Scree scree, List<RecordFigures> records) {
        return new HomeFigures(
                "file:/home",
                state,
                new ConversionFigures(counts, MODEL, false, List.of("gpu:0"), scree),
                new LossFigures(
                        List.of(new EpochLosses(
                                new LossInfo(4, 0.5, 0.1f, 0.9f, missing), MODEL, transfer(r2), List.of("cpu"))),
                        null),
                new SubsetFigures(List.of(), null, Map.of()),
                null,
                records);
    }
}
