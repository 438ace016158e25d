package io.rela.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TallyTest {
    private static Tally of(int[]... labelsAndRanks) {
        Tally tally = new Tally(3);
        for (int[] each : labelsAndRanks) {
            tally.add(each[0], each[1]);
        }
        return tally;
    }

    @Test
    void samplesAndClassesWeighTheirOwnWay() {
        Tally tally = of(new int[] {0, 0}, new int[] {0, 4}, new int[] {0, 5}, new int[] {1, 0});

        assertThat(tally.samples()).isEqualTo(4);
        assertThat(tally.samples(0)).isEqualTo(3);
        assertThat(tally.correct(0)).isEqualTo(1);
        assertThat(tally.top1()).isEqualTo(0.5);
        assertThat(tally.top5()).isEqualTo(0.75);
        assertThat(tally.meanOfClasses()).as("of the two that have samples").isCloseTo(2 / 3.0, within(1e-15));
    }

    @Test
    void partsAddUp() {
        Tally tally = of(new int[] {0, 0}, new int[] {2, 1}).merge(of(new int[] {2, 0}, new int[] {1, 7}));

        assertThat(tally.samples()).isEqualTo(4);
        assertThat(tally.samples(2)).isEqualTo(2);
        assertThat(tally.correct(2)).isEqualTo(1);
        assertThat(tally.top1()).isEqualTo(0.5);
        assertThat(tally.top5()).isEqualTo(0.75);
    }
}
