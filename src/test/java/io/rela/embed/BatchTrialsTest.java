package io.rela.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTrialsTest {
    private static final List<Integer> SIZES = List.of(1, 2, 4, 8);

    @Test
    void theFastestSizeIsTaken() {
        assertThat(BatchTrials.choose(SIZES, List.of(List.of(10.0, 20.0, 30.0, 25.0))))
                .isEqualTo(4);
    }

    @Test
    void aSmallerSizeThatIsNearlyAsFastIsTaken() {
        assertThat(BatchTrials.choose(SIZES, List.of(List.of(10.0, 29.5, 30.0, 30.1))))
                .isEqualTo(2);
    }

    @Test
    void tasksAreAddedUpAndWhatATaskDidNotTryCountsNothing() {
        assertThat(BatchTrials.choose(SIZES, List.of(List.of(10.0, 20.0), List.of(10.0, 12.0, 15.0))))
                .isEqualTo(2);
    }
}
