package io.rela.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutTest {
    @ParameterizedTest
    @CsvSource({
        "0, 64, 10, 1",
        "50000, 64, 10, 1",
        "50000, 512, 10, 1",
        "50000, 2048, 100, 20",
        "1281167, 2048, 1000, 256",
        "100000000, 1024, 2, 1526",
    })
    void largeFitsAreCut(long samples, int dimension, int classes, int parts) {
        assertThat(Cut.parts(samples, dimension, classes)).isEqualTo(parts);
    }
}
