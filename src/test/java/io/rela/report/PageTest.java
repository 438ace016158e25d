package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.manifest.Counts;
import io.rela.manifest.ModelInfo;
import io.rela.model.Precision;
import io.rela.report.HomeFigures.ConversionFigures;
import io.rela.report.HomeFigures.LossFigures;
import io.rela.report.HomeFigures.Scree;
import io.rela.report.HomeFigures.State;
import io.rela.report.HomeFigures.SubsetFigures;
import io.rela.report.ReportFigures.Provenance;
import io.rela.source.Fingerprint;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final ModelInfo PRIOR = new ModelInfo("file:/priors/clip/", "00", 8, 32, Precision.FLOAT32);
    private static final Scree PCA = new Scree("pca", 8, 0, 0.8, List.of(0.5, 0.3), null);
    private static final Scree CONSENSUS = new Scree("consensus", 8, 0, null, null, List.of(0.97, 0.25));

    @Test
    void thePageHasTheConversionAndTheNewestCommands() {
        assertThat(Page.of(report(home(PCA), null, 16)))
                .contains(
                        "<pre>", "command 0<", "3 older ones are left out: they stand in the JSON file.", "command 4<")
                .contains("command 15<")
                .doesNotContain("command 1<", "command 3<");
        assertThat(Page.of(report(home(PCA), null, 13))).contains("command 1<").doesNotContain("left out: ");
    }

    @Test
    void aConsensusShowsCorrelationsInsteadOfAVariance() {
        assertThat(Page.of(report(home(CONSENSUS), null, 1)))
                .contains("Correlation of both priors by axis", "0.97 to 0.25")
                .doesNotContain("variance kept", "Share of the variance");
        assertThat(Page.of(report(home(PCA), null, 1)))
                .contains("variance kept", "80.0%", "Share of the variance by axis", "clip")
                .doesNotContain("orrelation");
        assertThat(Page.of(report(home(PCA), home(CONSENSUS), 1)))
                .contains(
                        "variance kept", "Share of the variance by axis", "0.97 to 0.25", "Correlation of both priors");
    }

    private static ReportFigures report(HomeFigures home, HomeFigures other, int commands) {
        return new ReportFigures(
                "2026-01-01T00:00:00.000Z",
                Verdict.of(home),
                home,
                List.of(),
                new Provenance(
                        "file:/photos",
                        new Fingerprint(4, 400, "ab"),
                        PRIOR,
                        List.of(),
                        Map.of(),
                        IntStream.range(0, commands)
                                .mapToObj(number -> "command " + number)
                                .toList()),
                other);
    }

    private static HomeFigures home(Scree scree) {
        return new HomeFigures(
                "file:/home",
                new State(List.of(), List.of(), false),
                new ConversionFigures(Counts.all(4), PRIOR, false, List.of("cpu"), scree),
                new LossFigures(List.of(), null),
                new SubsetFigures(List.of(), null, Map.of()),
                null,
                List.of());
    }
}
