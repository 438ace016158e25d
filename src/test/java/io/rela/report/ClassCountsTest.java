package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.report.HomeFigures.ClassShare;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassCountsTest {
    @Test
    void sharesAreOfTheLabeledInTheSetAndInEachSubset() {
        ClassCounts counts = new ClassCounts(
                10,
                2,
                new TreeMap<>(Map.of(0, 6L, 1, 4L)),
                new TreeMap<>(Map.of(0, Map.of(0, 1L, 1, 3L), 7, Map.of(0, 5L), 9, Map.of())),
                Map.of(0, 4L, 7, 5L, 9, 0L));
        assertThat(counts.shown(List.of("cat")))
                .containsExactly(
                        new ClassShare(0, "cat", 6, 0.6, Map.of(0, 0.25, 7, 1.0, 9, 0.0)),
                        new ClassShare(1, "class 1", 4, 0.4, Map.of(0, 0.75, 7, 0.0, 9, 0.0)));
    }

    @Test
    void ofManyClassesThoseAreShownThatDifferMost() {
        TreeMap<Integer, Long> whole = new TreeMap<>();
        Map<Integer, Long> subset = new TreeMap<>();
        IntStream.range(0, 100).forEach(label -> {
            whole.put(label, 10L);
            subset.put(label, label % 10 == 3 ? 9L : 5L);
        });
        List<ClassShare> shown =
                new ClassCounts(1_000, 100, whole, new TreeMap<>(Map.of(0, subset)), Map.of(0, 540L)).shown(List.of());
        assertThat(shown)
                .hasSize(20)
                .extracting(ClassShare::label)
                .isSorted()
                .contains(3, 13, 23, 33, 43, 53, 63, 73, 83, 93);
    }
}
