package io.rela.moments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.testing.Samples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class MomentForestTest {
    private static final int D = 5;
    private static final int BLOCK = 4;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void rootIgnoresCutsAndOrder(long seed) {
        long[] indices = withEmptyBlocks(Samples.holes(300, 0.6, seed));
        List<IndexedFeature> rows = Samples.indexed(indices, D, seed);
        Moments whole =
                MomentForest.accumulate(rows.iterator(), 0, 75, BLOCK).root().orElseThrow();
        assertThat(whole.count()).isEqualTo(rows.size());

        Random random = new Random(seed);
        for (int trial = 0; trial < 20; trial++) {
            List<MomentForest> parts = new ArrayList<>();
            long from = 0;
            while (from < 75) {
                long to = Math.min(75, from + 1 + random.nextInt(20));
                parts.add(part(rows, from, to, random.nextBoolean()));
                from = to;
            }
            assertThat(mergeAnyhow(parts, random).root()).contains(whole);
        }
    }

    @Test
    void rootIsTheDyadicTreeOfItsBlocks() {
        List<IndexedFeature> rows = Samples.indexed(new long[] {0, 1, 5, 9, 12, 13}, D, 3);
        Moments left = block(rows, 0, 2).merge(block(rows, 2, 3));
        Moments right = block(rows, 3, 4).merge(block(rows, 4, 6));

        assertThat(MomentForest.accumulate(rows.iterator(), BLOCK).root()).contains(left.merge(right));
    }

    @Test
    void memoryGrowsWithTheLogarithm() {
        List<IndexedFeature> rows = Samples.indexed(Samples.holes(40_000, 0.1, 1), 1, 1);

        assertThat(MomentForest.accumulate(rows.iterator(), 0, 1 << 14, BLOCK).size())
                .isEqualTo(1);
        assertThat(part(rows, 1, 9_999, true).size()).isLessThan(28);
        assertThat(part(rows, 1, 9_999, false).size()).isLessThan(28);
    }

    @Test
    void indexMayBeVeryLarge() {
        long far = Long.MAX_VALUE - 7;
        List<IndexedFeature> rows = Samples.indexed(new long[] {0, 3, far, far + 7}, D, 1);

        MomentForest forest = MomentForest.accumulate(rows.iterator(), BLOCK);

        assertThat(forest.root().orElseThrow().count()).isEqualTo(4);
        assertThat(forest.size()).isLessThan(130);
    }

    @Test
    void emptyIsTheIdentity() {
        MomentForest some =
                MomentForest.accumulate(Samples.indexed(new long[] {8}, D, 1).iterator(), BLOCK);
        MomentForest none = MomentForest.accumulate(Collections.emptyIterator(), 3, 9, BLOCK);

        assertThat(MomentForest.empty().root()).isEmpty();
        assertThat(none.root()).isEmpty();
        assertThat(none.merge(MomentForest.empty()).root()).isEmpty();
        assertThat(MomentForest.empty().merge(some).root()).isEqualTo(some.root());
    }

    @Test
    void travelsByJavaAndByKryo() throws Exception {
        List<IndexedFeature> rows = Samples.indexed(Samples.holes(90, 0.5, 1), D, 1);
        MomentForest forest = part(rows, 0, 13, true);

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(forest);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((MomentForest) in.readObject()).root()).isEqualTo(forest.root());
        }
        SerializerInstance kryo = new KryoSerializer(new SparkConf(false)).newInstance();
        ClassTag<MomentForest> tag = ClassTag$.MODULE$.apply(MomentForest.class);
        MomentForest back = kryo.deserialize(kryo.serialize(forest, tag), tag);
        assertThat(back.merge(part(rows, 13, 30, false)).root())
                .isEqualTo(MomentForest.accumulate(rows.iterator(), BLOCK).root());
    }

    @Test
    void brokenRowsAreNamed() {
        assertRefused("Index 7 came twice", new IndexedFeature(7, new float[2]), new IndexedFeature(7, new float[2]));
        assertRefused(
                "Index 5 came after index 7", new IndexedFeature(7, new float[2]), new IndexedFeature(5, new float[2]));
        assertRefused(
                "index 8 has 3 values, the others have 2",
                new IndexedFeature(7, new float[2]),
                new IndexedFeature(8, new float[3]));
        assertRefused("index 7 has 0 values", new IndexedFeature(7, new float[0]));
        assertRefused("index 7 holds NaN at position 1", new IndexedFeature(7, new float[] {0, Float.NaN}));
        assertRefused("holds -Infinity", new IndexedFeature(7, new float[] {Float.NEGATIVE_INFINITY}));
        assertThatThrownBy(() -> new IndexedFeature(-1, new float[1])).hasMessageContaining("-1");
        assertThatThrownBy(() -> new MomentForest.Builder(0)).hasMessageContaining("block size is 0");
        assertThatThrownBy(() -> MomentForest.accumulate(
                        Samples.indexed(new long[] {40}, D, 1).iterator(), 0, 10, BLOCK))
                .hasMessageContaining("blocks 10 to 10");
    }

    @Test
    void blockCutInTwoIsRefused() {
        MomentForest one =
                MomentForest.accumulate(Samples.indexed(new long[] {0, 9}, D, 1).iterator(), BLOCK);
        MomentForest two = MomentForest.accumulate(
                Samples.indexed(new long[] {10, 20}, D, 1).iterator(), BLOCK);

        assertThatThrownBy(() -> one.merge(two))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Block 2 came twice");
        assertThatThrownBy(() -> two.merge(one)).hasMessageContaining("came twice");
    }

    private static void assertRefused(String message, IndexedFeature... rows) {
        assertThatThrownBy(() -> MomentForest.accumulate(List.of(rows).iterator(), BLOCK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    /** No rows in the blocks 10 to 16, 32 and 74. */
    private static long[] withEmptyBlocks(long[] indices) {
        return LongStream.of(indices)
                .filter(index -> index / BLOCK < 10 || index / BLOCK > 16)
                .filter(index -> index / BLOCK != 32 && index / BLOCK != 74)
                .toArray();
    }

    private static MomentForest part(List<IndexedFeature> rows, long first, long end, boolean rangeKnown) {
        List<IndexedFeature> own = rows.stream()
                .filter(row -> row.index() / BLOCK >= first && row.index() / BLOCK < end)
                .toList();
        return rangeKnown
                ? MomentForest.accumulate(own.iterator(), first, end, BLOCK)
                : MomentForest.accumulate(own.iterator(), BLOCK);
    }

    private static MomentForest mergeAnyhow(List<MomentForest> parts, Random random) {
        List<MomentForest> left = new ArrayList<>(parts);
        while (left.size() > 1) {
            MomentForest one = left.remove(random.nextInt(left.size()));
            MomentForest two = left.remove(random.nextInt(left.size()));
            left.add(one.merge(two));
        }
        return left.get(0);
    }

    private static Moments block(List<IndexedFeature> rows, int from, int to) {
        float[] flat = new float[(to - from) * D];
        for (int r = from; r < to; r++) {
            System.arraycopy(rows.get(r).values(), 0, flat, (r - from) * D, D);
        }
        return Moments.ofBlock(flat, to - from, D);
    }
}
