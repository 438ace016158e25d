package io.rela.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.table.IndexRange;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WavePlanTest {
    @ParameterizedTest
    @CsvSource({"1,32,1", "255,32,2", "256,32,2", "257,100,7", "100000,32,2", "1281167,256,64", "70000,33,3"})
    void wavesAndTasksCoverEachSampleOnceOnBlockBorders(long samples, int batch, int slots) {
        WavePlan plan = WavePlan.of(samples, batch, slots);
        assertThat(plan.block() % batch).isZero();
        long next = 0;
        for (IndexRange wave : plan.waves()) {
            for (IndexRange task : plan.split(wave, 2 * slots)) {
                assertThat(task.first()).isEqualTo(next);
                assertThat(task.first() % plan.block()).isZero();
                next = task.end();
            }
            assertThat(next).isEqualTo(wave.end());
        }
        assertThat(next).isEqualTo(samples);
    }

    @Test
    void aBlockIsTheSmallestMultipleOfTheBatchFrom256On() {
        assertThat(List.of(WavePlan.blockFor(1), WavePlan.blockFor(32), WavePlan.blockFor(100), WavePlan.blockFor(512)))
                .containsExactly(256, 256, 300, 512);
    }

    @Test
    void tasksOfAWaveDifferByAtMostOneBlock() {
        WavePlan plan = WavePlan.of(32_768, 32, 1);
        assertThat(plan.split(new IndexRange(0, 32_768), 7)).hasSize(7).allSatisfy(task -> assertThat(task.size() / 256)
                .isBetween(18L, 19L));
    }

    @Test
    void whatBeginsFirstIsNotTheSmallest() {
        WavePlan plan = WavePlan.of(1536, 4, 2);
        assertThat(plan.split(new IndexRange(0, 1536), 4))
                .extracting(IndexRange::size)
                .containsExactly(512L, 512L, 256L, 256L);
    }

    @Test
    void aWaveThatCutsABlockIsRefused() {
        assertThatThrownBy(() -> new WavePlan(1000, 256, 300)).hasMessageContaining("300");
    }
}
