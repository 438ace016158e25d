package io.rela.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.rank.Draw;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where chosen samples go: to which file, and where in it. */
class ShuffleTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 16, 17, 1_000, 100_000})
    void orderInAFileIsThatOfTheUnsignedHash(int size) {
        Draw draw = new Draw(3, "order", 1);
        Chosen chosen = new Chosen();
        for (int i = 0; i < size; i++) {
            chosen.add(5L * i + 2, i, 1);
        }

        int[] order = chosen.trimmed().shuffled(draw);

        int[] sorted = IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.<Integer, Long>comparing(i -> draw.bits(5L * i + 2), Long::compareUnsigned))
                .mapToInt(Integer::intValue)
                .toArray();
        assertThat(order).containsExactly(sorted);
    }

    @Test
    void partsAreJoinedByTheirFirstIndex() {
        Chosen high = new Chosen();
        high.add(100, 0.5f, 2);
        high.add(101, 0.25f, 1);
        Chosen low = new Chosen();
        for (int i = 0; i < 40; i++) {
            low.add(i, i, i + 1);
        }

        Chosen all = Chosen.joined(List.of(high.trimmed(), new Chosen().trimmed(), low.trimmed()));

        assertThat(all.size()).isEqualTo(42);
        assertThat(all.indices()).isSorted();
        assertThat(all.index(40)).isEqualTo(100);
        assertThat(all.loss(41)).isEqualTo(0.25f);
        assertThat(all.weight(40)).isEqualTo(2);
        assertThat(all.weight(39)).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 15, 16, 17, 1_000, 4_097})
    void placesOfBlocksAreAPermutation(int blocks) {
        // Of so many files that each sample is a block.
        FileOf fileOf = new FileOf(blocks, blocks, new Draw(1, "order", 9));
        Set<Long> places = new HashSet<>();
        for (int block = 0; block < blocks; block++) {
            long place = fileOf.place(block);
            assertThat(place).isBetween(0L, blocks - 1L);
            places.add(place);
        }
        assertThat(places).hasSize(blocks);
    }

    @ParameterizedTest
    @CsvSource({"256000,7,256", "256000,1,256", "640,1,40", "768,8,6", "16384,64,16", "640,4,10", "10,20,1"})
    void filesAreAboutAsLongAsEachOther(int samples, int files, int block) {
        FileOf fileOf = new FileOf(samples, files, new Draw(1, "order", 9));
        int[] held = new int[files];
        for (int sample = 0; sample < samples; sample++) {
            int file = fileOf.of(sample);
            assertThat(fileOf.of(sample - (long) sample % block))
                    .as("neighbours")
                    .isEqualTo(file);
            held[file]++;
        }
        int longest = Arrays.stream(held).max().orElseThrow();
        int shortest = Arrays.stream(held).min().orElseThrow();
        assertThat(longest - shortest).as("the last block may be a short one").isLessThan(2 * block);
    }
}
