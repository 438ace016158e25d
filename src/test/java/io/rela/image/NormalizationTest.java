package io.rela.image;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class NormalizationTest {
    @Test
    void deviationOfZeroIsRefused() {
        assertThatThrownBy(() -> Normalization.of(List.of(0f, 0f, 0f), List.of(1f, 0f, 1f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("std 1.0,0.0,1.0");
    }

    @Test
    void twoMeansAreRefused() {
        assertThatThrownBy(() -> Normalization.of(List.of(0f, 0f), List.of(1f, 1f, 1f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0.0, 0.0]");
    }
}
