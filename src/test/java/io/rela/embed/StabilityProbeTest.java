package io.rela.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.embed.Stability.Dependence;
import io.rela.image.Interpolation;
import io.rela.image.Normalization;
import io.rela.image.Preprocessing;
import io.rela.model.DeviceRequest;
import io.rela.model.Embedder;
import io.rela.model.Precision;
import io.rela.model.TorchScript;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StabilityProbeTest {
    private static final int SIZE = 16;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 32})
    void aModelThatSeesNothingButThePictureIsStable(int batch) {
        Stability found = probe("features16", batch);
        assertThat(found.dependence()).isEqualTo(Dependence.NONE);
        assertThat(found.deviation()).isLessThan(1e-5);
        assertThat(found.allowed()).isEqualTo(1e-3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void dropoutIsChance(int batch) {
        Stability found = probe("dropout", batch);
        assertThat(found.dependence()).isEqualTo(Dependence.CHANCE);
        assertThat(found.deviation()).isGreaterThan(0.1);
        assertThat(found.told()).contains("dropout", "eval()", "bin/export-prior");
    }

    @Test
    void batchNormalisationInTrainingModeDependsOnTheBatch() {
        Stability found = probe("batch-norm", 4);
        assertThat(found.dependence()).isEqualTo(Dependence.BATCH);
        assertThat(found.deviation()).isGreaterThan(0.1);
        assertThat(found.told()).contains("batch normalisation", "eval()", "bin/export-prior");
    }

    @Test
    void inABatchOfOneThereIsNothingToDependOn() {
        assertThat(probe("batch-norm", 1).dependence()).isEqualTo(Dependence.NONE);
    }

    @Test
    void halfPrecisionIsAllowedItsLastBits() {
        Stability found = probe("coarse", 4);
        assertThat(found.dependence()).isEqualTo(Dependence.NONE);
        assertThat(found.deviation()).isBetween(1e-3, 2e-2);
        assertThat(found.allowed()).isEqualTo(2e-2);
    }

    @Test
    void valuesThatAreNotFiniteBothTimesAreTheSame() {
        assertThat(probe("not-finite", 4).dependence()).isEqualTo(Dependence.NONE);
    }

    private static Stability probe(String name, int batch) {
        Preprocessing seen = new Preprocessing(SIZE, SIZE, Interpolation.BILINEAR, Normalization.IMAGENET);
        try (InputStream in = StabilityProbeTest.class.getResourceAsStream("/models/" + name + ".pt")) {
            byte[] bytes = in.readAllBytes();
            TorchScript model = new TorchScript(name, name, Precision.FLOAT32, () -> bytes);
            try (Embedder embedder = Embedder.open(model, DeviceRequest.CPU, List.of(), 1, 0, batch, seen)) {
                return new StabilityProbe(embedder, batch).run();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
