package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.report.BarChart.Bar;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void fewNumbersOfTimesHaveABarEach() {
        assertThat(Words.times(Map.of(0L, 1L, 1L, 2L, 3L, 1L)))
                .containsExactly(
                        new Bar("never", 1, "25.0%"),
                        new Bar("once", 2, "50.0%"),
                        new Bar("2 times", 0, "0.0%"),
                        new Bar("3 times", 1, "25.0%"));
        assertThat(Words.times(Map.of())).isEmpty();
    }

    @Test
    void neighboursAmongManyShareABarAndNoSampleIsLost() {
        Map<Long, Long> samples = new TreeMap<>();
        IntStream.rangeClosed(0, 100).forEach(times -> samples.put((long) times, 10L));
        List<Bar> bars = Words.times(samples);
        assertThat(bars).hasSizeLessThanOrEqualTo(24);
        assertThat(bars.get(0)).isEqualTo(new Bar("0 to 4 times", 50, "5.0%"));
        assertThat(bars.stream().mapToDouble(Bar::value).sum()).isEqualTo(1_010);
    }

    @Test
    void homesAreNamedByWhatTellsThemApart() {
        assertThat(Words.names("file:/data/a-rela", "file:/data/b-rela")).containsExactly("a-rela", "b-rela");
        assertThat(Words.names("file:/one/home", "file:/two/home")).containsExactly("one/home", "two/home");
        assertThat(Words.names("s3a://x/home", "s3a://x/home")).containsExactly("s3a://x/home", "s3a://x/home");
    }

    @Test
    void theLastPartOfAPathHasAName() {
        assertThat(Words.name("file:/priors/clip.pt")).isEqualTo("clip.pt");
        assertThat(Words.name("s3a://models/clip/")).isEqualTo("clip");
        assertThat(Words.name("file:/priors/clip//")).isEqualTo("clip");
        assertThat(Words.name("builtin:prior")).isEqualTo("builtin:prior");
    }

    @Test
    void ofManyEpochsSomeAreShown() {
        assertThat(Shown.of(List.of(2, 5, 7))).containsExactly(2, 5, 7);
        assertThat(Shown.of(IntStream.range(0, 101).boxed().toList())).containsExactly(0, 20, 40, 60, 80, 100);
        assertThat(Shown.of(IntStream.range(0, 7).boxed().toList()))
                .hasSize(6)
                .startsWith(0)
                .endsWith(6)
                .doesNotHaveDuplicates();
    }
}
