package io.rela.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rela.linear.LinearMapStep.BothWays;
import io.rela.testing.LocalSpark;
import io.rela.testing.Pairs;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("spark4")
class LinearMapStepTest {
    private static final int BLOCK = 16;
    private static final Split SPLIT = Split.holdingOut(0.25, 3);
    private static final long[] INDICES =
            LongStream.range(0, 1500).filter(index -> index % 7 != 2).toArray();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void bitsIgnorePartitionCount(int partitions) {
        List<IndexedPair> pairs = Pairs.linear(INDICES, 0.5, 1);

        assertThat(LinearMapStep.fit(placed(pairs, partitions), BLOCK, SPLIT, 1e-3))
                .isEqualTo(LinearMapStep.fit(placed(pairs, 3), BLOCK, SPLIT, 1e-3));
        assertThat(LinearMapStep.fitBothWays(placed(pairs, partitions), BLOCK, SPLIT, 1e-3))
                .isEqualTo(LinearMapStep.fitBothWays(placed(pairs, 3), BLOCK, SPLIT, 1e-3));
    }

    @Test
    void linearRelationIsFoundWhole() {
        FittedMap fitted =
                LinearMapStep.fit(placed(Pairs.linear(INDICES, 0, 1), 2), BLOCK, Split.holdingOut(0.25, 0), 0);

        assertThat(fitted.agreement().r2()).isCloseTo(1, within(1e-9));
        assertThat(fitted.agreement().explainedVariance()).isCloseTo(1, within(1e-9));
        assertThat(fitted.agreement().meanCosine()).isCloseTo(1, within(1e-6));
        assertThat(fitted.map().weights()[1]).isCloseTo(-2, within(1e-5f));
        assertThat(fitted.map().bias()[0]).isCloseTo(5, within(1e-4f));
    }

    @Test
    void independentDataHasNoAgreement() {
        Agreement agreement = LinearMapStep.fit(placed(Pairs.independent(INDICES, 1), 2), BLOCK, SPLIT, 1e-3)
                .agreement();

        assertThat(agreement.r2()).isCloseTo(0, within(0.03));
        assertThat(agreement.explainedVariance()).isCloseTo(0, within(0.03));
        assertThat(agreement.meanCosine()).isCloseTo(0, within(0.2));
    }

    @Test
    void theWayBackIsTheMapOfSwappedPairs() {
        List<IndexedPair> pairs = Pairs.linear(INDICES, 0.5, 1);

        BothWays both = LinearMapStep.fitBothWays(placed(pairs, 2), BLOCK, SPLIT, 1e-3);

        FittedMap swapped = LinearMapStep.fit(
                placed(pairs.stream().map(IndexedPair::swapped).toList(), 2), BLOCK, SPLIT, 1e-3);
        assertThat(both.there()).isEqualTo(LinearMapStep.fit(placed(pairs, 2), BLOCK, SPLIT, 1e-3));
        assertThat(both.back().map().weights()).containsExactly(swapped.map().weights(), within(1e-6f));
        assertThat(both.back().agreement().r2()).isCloseTo(swapped.agreement().r2(), within(1e-9));
        assertThat(both.back().agreement().meanCosine())
                .isCloseTo(swapped.agreement().meanCosine(), within(1e-6));
    }

    @Test
    void partsAreThoseOfTheSplit() {
        Split some = new Split(0.5, 0.2, 9);
        long training = LongStream.of(INDICES).filter(some::isTraining).count();
        long heldOut = LongStream.of(INDICES).filter(some::isHeldOut).count();

        FittedMap fitted = LinearMapStep.fit(placed(Pairs.linear(INDICES, 0.5, 1), 2), BLOCK, some, 1e-3);

        assertThat(fitted.trainingSamples()).isEqualTo(training).isBetween(570L, 720L);
        assertThat(fitted.heldOutSamples()).isEqualTo(heldOut).isBetween(200L, 320L);
        assertThat(fitted.agreement().samples()).isEqualTo(heldOut);
        assertThat(LongStream.of(INDICES).filter(some::isTraining).anyMatch(some::isHeldOut))
                .isFalse();
        assertThat(LongStream.of(INDICES)
                        .filter(new Split(0.5, 0.2, 10)::isTraining)
                        .toArray())
                .isNotEqualTo(LongStream.of(INDICES).filter(some::isTraining).toArray());
    }

    @Test
    void withoutHeldOutSamplesTheTrainingSamplesAreMeasured() {
        FittedMap fitted =
                LinearMapStep.fit(placed(Pairs.linear(INDICES, 0.5, 1), 2), BLOCK, Split.holdingOut(0, 0), 1e-3);

        assertThat(fitted.heldOutSamples()).isZero();
        assertThat(fitted.agreement().samples())
                .isEqualTo(fitted.trainingSamples())
                .isEqualTo(INDICES.length);
        assertThat(fitted.agreement().r2()).isBetween(0.8, 0.99);
        assertThat(fitted.agreement().explainedVariance())
                .isCloseTo(fitted.agreement().r2(), within(1e-9));
    }

    @Test
    void brokenPairsAreNamed() {
        assertRefused("two training samples or more, there is 1", pair(1, 1, 1));
        assertRefused("Index 3 came twice", pair(3, 1, 1), pair(3, 1, 1));
        assertRefused("index 4 has 2 and 1 values, the others have 1 and 1", pair(3, 1, 1), pair(4, 2, 1));
        assertThatThrownBy(() -> pair(-1, 1, 1)).hasMessageContaining("index of a pair is -1");
        assertThatThrownBy(() -> pair(1, 0, 1)).hasMessageContaining("has 0 and 1 values");
        assertThatThrownBy(() -> new Split(0.9, 0.2, 0)).hasMessageContaining("0.9 to train on and 0.2");
        assertThatThrownBy(() -> LinearMapStep.fit(placed(List.of(), 1), BLOCK, SPLIT, 1e-3))
                .hasMessageContaining("no sample");
    }

    private static void assertRefused(String message, IndexedPair... pairs) {
        assertThatThrownBy(() -> LinearMapStep.fit(placed(List.of(pairs), 1), BLOCK, Split.holdingOut(0, 0), 1e-3))
                .hasStackTraceContaining(message);
    }

    private static IndexedPair pair(long index, int inputs, int outputs) {
        return new IndexedPair(index, new float[inputs], new float[outputs]);
    }

    private static JavaRDD<IndexedPair> placed(List<IndexedPair> pairs, int partitions) {
        List<List<IndexedPair>> parts = new ArrayList<>();
        int each = 1500 / BLOCK / partitions + 1;
        for (int part = 0; part < partitions; part++) {
            int own = part;
            parts.add(new ArrayList<>(pairs.stream()
                    .filter(pair -> pair.index() / BLOCK / each == own)
                    .toList()));
        }
        JavaSparkContext context = new JavaSparkContext(LocalSpark.session().sparkContext());
        return context.parallelize(parts, partitions).flatMap(List::iterator);
    }
}
