package io.rela.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.rank.Population;
import io.rela.testing.InMemoryPopulation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the policies promise, whatever the population. */
class PolicyTest {
    private static final int SEEDS = 200;
    private static final double STANDARD_ERRORS = 3;

    // Sizes

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#sized")
    void sizeIsTheWholePartOfTheShare(SelectionPolicy policy) {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(997), Policies.labels(997));
        for (double ratio : new double[] {0.0011, 0.1, 0.29, 0.3, 0.5, 0.57, 0.999, 1}) {
            int size =
                    BigDecimal.valueOf(ratio).multiply(BigDecimal.valueOf(997)).intValue();
            for (int epoch : new int[] {0, 1, 7}) {
                assertThat(Policies.choose(policy, population, 5, epoch, ratio)).hasSize(size);
            }
        }
    }

    @Test
    void decimalRatioIsTakenAsWritten() {
        // In doubles 0.29 * 100 is 28.999999999999996.
        assertThat(Selection.share(0.29, 100)).isEqualTo(29);
        for (int i = 1; i <= 10_000; i++) {
            assertThat(Selection.share(
                            Double.parseDouble(
                                    new BigDecimal(i).movePointLeft(4).toPlainString()),
                            10_000))
                    .isEqualTo(i);
        }
    }

    @Test
    void usualPoolIsHalfWayBetweenRatioAndAllInDecimals() {
        // In doubles (1 + 0.36) / 2 is 0.6799999999999999; the pool of 68 has the 36 hardest of it.
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(100));
        for (int i = 1; i <= 100; i++) {
            double ratio = i / 100.0;
            assertThat(Policies.choose(new OrderDp(OptionalDouble.empty()), population, 5, 1, ratio))
                    .isEqualTo(Policies.choose(
                            new OrderDp(OptionalDouble.of((100 + i) / 200.0)), population, 5, 1, ratio));
        }
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#sized")
    void ratioOneTakesEveryRowOnceWithWeightOne(SelectionPolicy policy) {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(300), Policies.labels(300));

        NavigableMap<Long, Float> chosen = Policies.choose(policy, population, 1, 3, 1);

        assertThat(chosen).hasSize(300);
        assertThat(chosen.values()).containsOnly(1f);
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#sized")
    void oneRowCanBeLeft(SelectionPolicy policy) {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(1_000), Policies.labels(1_000));
        assertThat(Policies.choose(policy, population, 1, 2, 0.001)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#sized")
    void lessThanOneRowIsRefusedWithTheSmallestRatio(SelectionPolicy policy) {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(300), Policies.labels(300));
        assertThatThrownBy(() -> Policies.choose(policy, population, 1, 0, 0.003))
                .isInstanceOfSatisfying(
                        RelaException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SETTINGS))
                .hasMessageContaining("--ratio 0.003 of 300 samples")
                .hasMessageContaining("at least 0.003333334.");
        assertThat(Policies.choose(policy, population, 1, 0, 0.003333334)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#all")
    void oneSampleIsEnough(SelectionPolicy policy) {
        assertThat(Policies.choose(policy, InMemoryPopulation.of(0.5f), 1, 4, 1))
                .containsExactly(Map.entry(0L, 1f));
    }

    @Test
    void poolSmallerThanTheSubsetIsRefused() {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(100));
        assertThatThrownBy(() -> Policies.choose(new OrderDp(OptionalDouble.of(0.4)), population, 1, 0, 0.5))
                .isInstanceOfSatisfying(
                        RelaException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SETTINGS))
                .hasMessageContaining("--pool-share 0.4")
                .hasMessageContaining("40")
                .hasMessageContaining("50");
    }

    // Chance

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#all")
    void sameSeedAndEpochGiveTheSameSubset(SelectionPolicy policy) {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(500), Policies.labels(500));
        assertThat(Policies.choose(policy, population, 8, 2, 0.4))
                .isEqualTo(Policies.choose(policy, population, 8, 2, 0.4));
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#all")
    void anotherSeedOrEpochGivesAnotherSubset(SelectionPolicy policy) {
        // Many ties: where a rule has nothing else of chance, they have.
        InMemoryPopulation population = InMemoryPopulation.of(
                quarters(Policies.losses(500)), quarters(Policies.references(500)), Policies.labels(500));
        Set<Long> chosen = Policies.choose(policy, population, 8, 2, 0.4).keySet();
        assertThat(Policies.choose(policy, population, 9, 2, 0.4).keySet()).isNotEqualTo(chosen);
        assertThat(Policies.choose(policy, population, 8, 3, 0.4).keySet()).isNotEqualTo(chosen);
    }

    private static float[] quarters(float[] losses) {
        float[] rounded = new float[losses.length];
        for (int i = 0; i < losses.length; i++) {
            rounded[i] = Math.round(4 * losses[i]) / 4f;
        }
        return rounded;
    }

    @Test
    void twoUniformEpochsShareWhatChanceGives() {
        int all = 4_000;
        double ratio = 0.3;
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(all));
        double n = all * ratio;
        double expected = n * ratio;
        double deviation = Math.sqrt(n * ratio * (1 - ratio) * (all - n) / (all - 1));
        for (int epoch = 0; epoch < 5; epoch++) {
            Set<Long> shared = new HashSet<>(
                    Policies.choose(new Uniform(), population, 1, epoch, ratio).keySet());
            shared.retainAll(Policies.choose(new Uniform(), population, 1, epoch + 1, ratio)
                    .keySet());
            assertThat((double) shared.size()).isCloseTo(expected, within(4 * deviation));
        }
    }

    @Test
    void infoBatchAndImportanceEstimateTheMeanLossWithoutBias() {
        float[] loss = Policies.losses(400);
        assertUnbiased(new InfoBatch(0.5, 0.875), loss, loss);
        assertUnbiased(new InfoBatch(0.8, 0.875), loss, loss);
        assertUnbiased(new Importance(), loss, loss);
    }

    @Test
    void importanceEstimatesOtherQuantitiesWithoutBias() {
        float[] other = new float[400];
        for (int i = 0; i < other.length; i++) {
            other[i] = 1 + i % 7;
        }
        assertUnbiased(new Importance(), Policies.losses(400), other);
    }

    @Test
    void importanceLetsZeroLossesItTakesStandForAllOfThem() {
        // 60 of 100 have loss 0; with 60 wanted, 20 of these stand for all 60.
        float[] loss = Policies.losses(100);
        Arrays.fill(loss, 0, 60, 0);
        NavigableMap<Long, Float> chosen = Policies.choose(new Importance(), InMemoryPopulation.of(loss), 1, 0, 0.6);
        assertThat(chosen).hasSize(60);
        assertThat(chosen.headMap(60L)).hasSize(20);
        assertThat(chosen.headMap(60L).values()).containsOnly(3f);
        assertThat(chosen.tailMap(60L).values()).containsOnly(1f);
        // With 40 wanted none of them is taken, and with 39 none either.
        assertThat(Policies.choose(new Importance(), InMemoryPopulation.of(loss), 1, 0, 0.4)
                        .firstKey())
                .isEqualTo(60);
        assertThat(Policies.choose(new Importance(), InMemoryPopulation.of(loss), 1, 0, 0.39)
                        .firstKey())
                .isGreaterThanOrEqualTo(60);
    }

    private static void assertUnbiased(SelectionPolicy policy, float[] loss, float[] quantity) {
        InMemoryPopulation population = InMemoryPopulation.of(loss);
        double[] estimates = new double[SEEDS];
        for (int seed = 0; seed < SEEDS; seed++) {
            for (Map.Entry<Long, Float> chosen :
                    Policies.choose(policy, population, seed, 1, 0.2).entrySet()) {
                estimates[seed] += chosen.getValue() * quantity[Math.toIntExact(chosen.getKey())] / quantity.length;
            }
        }
        double exact = 0;
        for (float value : quantity) {
            exact += value / quantity.length;
        }
        double mean = DoubleStream.of(estimates).average().orElseThrow();
        double variance =
                DoubleStream.of(estimates).map(e -> (e - mean) * (e - mean)).sum() / (SEEDS - 1);
        assertThat(mean).isCloseTo(exact, within(STANDARD_ERRORS * Math.sqrt(variance / SEEDS)));
    }

    // Cyclic

    @ParameterizedTest
    @CsvSource({"0.1,100", "0.3,20", "0.7,10", "0.013,84", "1,3"})
    void cyclesLeaveNoSampleUnseen(double ratio, int epochs) {
        int all = 500;
        int[] labels = Policies.labels(all);
        labels[17] = 99; // a class of one, and one of three: smaller than the number of epochs
        labels[40] = labels[41] = labels[42] = 50;
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(all), labels);
        int cycle = (int) Math.ceil(all / Math.floor(all * ratio));
        Map<Long, Integer> seen = new HashMap<>();
        for (int epoch = 0; epoch < epochs; epoch++) {
            NavigableMap<Long, Float> chosen = Policies.choose(new Cyclic(), population, 3, epoch, ratio);
            chosen.keySet().forEach(index -> seen.merge(index, 1, Integer::sum));
            assertQuotasAreProportional(labels, chosen);
            if (epoch == cycle - 1) {
                assertThat(seen).hasSize(all);
            }
        }
        assertThat(seen).hasSize(all);
        // Each cycle sees each at least once.
        assertThat(seen.values()).allMatch(times -> times >= epochs / cycle);
    }

    @Test
    void cycleOfAWholeNumberOfEpochsSeesEachOnce() {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(500), new int[500]);
        for (int cycle = 0; cycle < 3; cycle++) {
            Set<Long> seen = new HashSet<>();
            for (int epoch = 0; epoch < 10; epoch++) {
                for (long index : Policies.choose(new Cyclic(), population, 3, 10 * cycle + epoch, 0.1)
                        .keySet()) {
                    assertThat(seen.add(index)).isTrue();
                }
            }
        }
    }

    @Test
    void cyclesGoOnWhenSizesChange() {
        int all = 300;
        int[] labels = Policies.labels(all);
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(all), labels);
        double[] ratios = {0.1, 0.5, 0.02, 0.3, 0.9, 0.07, 1, 0.25, 0.25, 0.4, 0.11, 0.6};
        Map<Integer, Integer> taken = new HashMap<>();
        Set<Long> seen = new HashSet<>();
        int cycles = 0;
        for (int epoch = 0; epoch < ratios.length; epoch++) {
            Selection.Settled settled = Selection.settle(
                    new Cyclic(),
                    population,
                    3,
                    epoch,
                    OptionalInt.empty(),
                    ratios[epoch],
                    earlier -> Selection.share(ratios[earlier], all));
            NavigableMap<Long, Float> chosen = population.chosen(settled);
            assertThat((long) chosen.size()).isEqualTo(Selection.share(ratios[epoch], all));
            assertQuotasAreProportional(labels, chosen);
            chosen.keySet().forEach(i -> taken.merge(labels[Math.toIntExact(i)], 1, Integer::sum));
            seen.addAll(chosen.keySet());
            boolean whole =
                    Arrays.stream(labels).distinct().allMatch(c -> taken.getOrDefault(c, 0) >= count(labels, c));
            if (whole) {
                assertThat(seen).hasSize(all);
                seen.clear();
                taken.clear();
                cycles++;
            }
        }
        assertThat(cycles).isGreaterThanOrEqualTo(3);
    }

    private static void assertQuotasAreProportional(int[] labels, NavigableMap<Long, Float> chosen) {
        for (int label : Arrays.stream(labels).distinct().toArray()) {
            double share = (double) chosen.size() * count(labels, label) / labels.length;
            long taken = chosen.keySet().stream()
                    .filter(i -> labels[Math.toIntExact(i)] == label)
                    .count();
            assertThat(Math.abs(taken - share)).isLessThan(1);
        }
    }

    private static long count(int[] labels, int label) {
        return Arrays.stream(labels).filter(other -> other == label).count();
    }

    // Losses of all kinds

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#sized")
    void equalLossesLeaveTheSizeExact(SelectionPolicy policy) {
        float[] loss = new float[400];
        Arrays.fill(loss, 0.3f);
        NavigableMap<Long, Float> chosen =
                Policies.choose(policy, InMemoryPopulation.of(loss, Policies.labels(400)), 1, 1, 0.25);
        assertThat(chosen).hasSize(100);
        if (!(policy instanceof Importance)) {
            assertThat(chosen.values()).containsOnly(1f);
        }
    }

    @Test
    void equalLossesAreNotBelowTheirMean() {
        float[] loss = new float[300];
        Arrays.fill(loss, 0.3f);
        loss[7] = Float.NaN;
        assertThat(Policies.choose(new InfoBatch(0.5, 0.875), InMemoryPopulation.of(loss), 1, 1, 1))
                .hasSize(300);
        assertThat(Policies.choose(new SeTa(0.1, 5, 0.9, 0.9), InMemoryPopulation.of(loss), 1, 1, 1))
                .hasSize(270);
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#thatNeedLosses")
    void missingLossesStandAtTheMean(SelectionPolicy policy) {
        float[] loss = Policies.losses(400);
        for (int i = 0; i < 400; i += 9) {
            loss[i] = Float.NaN;
        }
        int[] labels = Policies.labels(400);
        Selection.Settled settled = Policies.settle(policy, InMemoryPopulation.of(loss, labels), 1, 1, 0.3);
        BigDecimal sum = BigDecimal.ZERO;
        int known = 0;
        for (float l : loss) {
            if (!Float.isNaN(l)) {
                sum = sum.add(new BigDecimal(l));
                known++;
            }
        }
        double mean = sum.doubleValue() / known;
        assertThat((double) settled.stand().loss()).isGreaterThanOrEqualTo(mean);
        assertThat((double) Math.nextDown(settled.stand().loss())).isLessThan(mean);
        float[] filled = loss.clone();
        for (int i = 0; i < 400; i += 9) {
            filled[i] = settled.stand().loss();
        }
        if (!(policy instanceof InfoBatch)) { // whose mean is that of the known losses, a hair lower
            assertThat(InMemoryPopulation.of(loss, labels).chosen(settled))
                    .isEqualTo(Policies.choose(policy, InMemoryPopulation.of(filled, labels), 1, 1, 0.3));
        }
    }

    @Test
    void infoBatchKeepsSamplesWithoutALossWithWeightOne() {
        float[] loss = Policies.losses(400);
        Arrays.fill(loss, 0, 100, Float.NaN);
        NavigableMap<Long, Float> chosen =
                Policies.choose(new InfoBatch(0.5, 0.875), InMemoryPopulation.of(loss), 1, 1, 1);
        assertThat(chosen.headMap(100L)).hasSize(100);
        assertThat(chosen.headMap(100L).values()).containsOnly(1f);
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#thatNeedLosses")
    void noLossAtAllIsRefused(SelectionPolicy policy) {
        InMemoryPopulation population = InMemoryPopulation.of(Float.NaN, Float.NaN);
        assertThatThrownBy(() -> Policies.choose(policy, population, 1, 0, 0.5))
                .isInstanceOfSatisfying(
                        RelaException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SETTINGS))
                .hasMessageContaining("--policy " + policy.name())
                .hasMessageContaining("--losses");
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#thatNeedReferenceLosses")
    void missingReferenceLossesStandAtTheMeanOfTheOthers(SelectionPolicy policy) {
        float[] loss = Policies.losses(400);
        float[] reference = Policies.references(400);
        int[] labels = Policies.labels(400);
        double sum = 0;
        for (int i = 0; i < 400; i++) {
            if (i % 9 == 0) {
                reference[i] = Float.NaN;
            } else {
                sum += reference[i];
            }
        }
        Selection.Settled settled = Policies.settle(policy, InMemoryPopulation.of(loss, reference, labels), 1, 1, 0.3);
        assertThat((double) settled.stand().reference()).isCloseTo(sum / 355, within(1e-6));
        float[] filled = reference.clone();
        for (int i = 0; i < 400; i += 9) {
            filled[i] = settled.stand().reference();
        }
        assertThat(InMemoryPopulation.of(loss, reference, labels).chosen(settled))
                .isEqualTo(Policies.choose(policy, InMemoryPopulation.of(loss, filled, labels), 1, 1, 0.3));
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#thatNeedReferenceLosses")
    void noReferenceLossAtAllIsRefused(SelectionPolicy policy) {
        float[] none = {Float.NaN, Float.NaN};
        assertThatThrownBy(
                        () -> Policies.choose(policy, InMemoryPopulation.of(new float[2], none, new int[2]), 1, 0, 0.5))
                .isInstanceOfSatisfying(
                        RelaException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SETTINGS))
                .hasMessageContaining("--policy " + policy.name() + " needs reference losses")
                .hasMessageContaining("--reference-losses");
    }

    @Test
    void policiesThatDoNotLookAtReferenceLossesDoNotDependOnThem() {
        float[] loss = Policies.losses(300);
        int[] labels = Policies.labels(300);
        Policies.all()
                .filter(policy -> !policy.declaration().needs(Need.REFERENCE_LOSSES))
                .forEach(policy -> assertThat(
                                Policies.choose(policy, InMemoryPopulation.of(loss, new float[300], labels), 1, 4, 0.3))
                        .isEqualTo(Policies.choose(policy, InMemoryPopulation.of(loss, labels), 1, 4, 0.3)));
    }

    @Test
    void uniformAndCyclicNeedNoLosses() {
        float[] none = new float[10];
        Arrays.fill(none, Float.NaN);
        assertThat(Policies.choose(new Uniform(), InMemoryPopulation.of(none), 1, 0, 0.5))
                .hasSize(5);
        assertThat(Policies.choose(new Cyclic(), InMemoryPopulation.of(none), 1, 0, 0.5))
                .hasSize(5);
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#thatNeedLossesOfZeroOrMore")
    void negativeLossIsRefusedWhereItIsAShare(SelectionPolicy policy) {
        InMemoryPopulation population = InMemoryPopulation.of(0.5f, -0.25f, 1f, Float.NaN);
        assertThatThrownBy(() -> Policies.choose(policy, population, 1, 0, 0.5))
                .isInstanceOfSatisfying(
                        RelaException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SETTINGS))
                .hasMessageContaining("--policy " + policy.name())
                .hasMessageContaining("-0.25");
        assertThat(Policies.choose(policy, InMemoryPopulation.of(0.5f, -0.0f, 1f, 0f), 1, 0, 0.5))
                .hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#thatNeedLossesOfZeroOrMore")
    void lossesOfZeroAloneLeaveTheSizeExact(SelectionPolicy policy) {
        NavigableMap<Long, Float> chosen =
                Policies.choose(policy, InMemoryPopulation.of(new float[90], Policies.labels(90)), 1, 0, 1 / 3.0);
        assertThat(chosen).hasSize(29);
        if (policy instanceof Importance) {
            assertThat(chosen.values()).containsOnly(90 / 29f);
        }
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#sized")
    void hugeTinyAndEqualZerosLeaveTheSizeExact(SelectionPolicy policy) {
        float[] loss = Policies.losses(200);
        for (int i = 0; i < 40; i++) {
            loss[i] = 1e30f + i * 1e29f;
            loss[40 + i] = i * Float.MIN_VALUE;
            loss[80 + i] = i % 2 == 0 ? 0f : -0f;
        }
        NavigableMap<Long, Float> chosen =
                Policies.choose(policy, InMemoryPopulation.of(loss, Policies.labels(200)), 1, 0, 0.3);
        assertThat(chosen).hasSize(60);
        assertThat(chosen.values()).allMatch(weight -> weight >= 1 && Float.isFinite(weight));
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#thatNeedLosses")
    void signOfZeroDoesNotMatter(SelectionPolicy policy) {
        float[] zeros = Policies.losses(200);
        Arrays.fill(zeros, 0, 120, 0f);
        float[] signed = zeros.clone();
        for (int i = 0; i < 120; i += 3) {
            signed[i] = -0f;
        }
        int[] labels = Policies.labels(200);
        for (double ratio : new double[] {0.2, 0.7}) {
            assertThat(Policies.choose(policy, InMemoryPopulation.of(signed, labels), 1, 0, ratio))
                    .isEqualTo(Policies.choose(policy, InMemoryPopulation.of(zeros, labels), 1, 0, ratio));
        }
    }

    @Test
    void hardAndEasyTakeTheExtremesEvenAmongDenormals() {
        InMemoryPopulation population = InMemoryPopulation.of(
                0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1e30f, -1e30f, Float.MAX_VALUE, -Float.MAX_VALUE, 1f);
        assertThat(Policies.choose(new Hard(), population, 1, 0, 0.5).keySet())
                .containsExactlyElementsOf(List.of(1L, 3L, 5L, 7L));
        assertThat(Policies.choose(new Easy(), population, 1, 0, 0.375).keySet())
                .containsExactlyElementsOf(List.of(2L, 4L, 6L));
    }

    @Test
    void learnableTakesNeitherWhatIsKnownNorWhatNobodyLearns() {
        // Ten are known already, ten are garbage, ten more could be learned.
        float[] loss = new float[30];
        float[] reference = new float[30];
        for (int i = 0; i < 30; i++) {
            loss[i] = (i < 10 ? 0.1f : 1.8f) + i * 0.001f;
            reference[i] = i < 20 ? loss[i] : 0.3f;
        }
        assertThat(Policies.choose(
                                new Learnable(),
                                InMemoryPopulation.of(loss, reference, Policies.labels(30)),
                                1,
                                0,
                                10 / 30.0)
                        .keySet())
                .isSubsetOf(LongStream.range(20, 30).boxed().toList())
                .hasSizeGreaterThan(8);
    }

    @Test
    void theMiddleMovesFromOneQuantileToTheOther() {
        float[] loss = new float[100];
        for (int i = 0; i < 100; i++) {
            loss[i] = i * 0.01f;
        }
        InMemoryPopulation rows = InMemoryPopulation.of(loss, loss, Policies.labels(100));
        Middle rising = new Middle(0.25, OptionalDouble.of(0.75));
        List<Long> firsts = new ArrayList<>();
        for (int epoch = 0; epoch < 6; epoch++) {
            Set<Long> kept = rows.chosen(
                            Selection.settle(rising, rows, 1, epoch, OptionalInt.of(5), 0.2, earlier -> 20L))
                    .keySet();
            long first = kept.iterator().next();
            assertThat(kept)
                    .containsExactlyElementsOf(
                            LongStream.range(first, first + 20).boxed().toList());
            firsts.add(first);
        }
        assertThat(firsts).containsExactly(20L, 30L, 40L, 50L, 60L, 60L);
    }

    // Classes

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#sized")
    void labelNumbersWithoutRowsDoNotMatter(SelectionPolicy policy) {
        int[] labels = Policies.labels(300);
        int[] apart = Arrays.stream(labels)
                .map(l -> l == Population.NO_CLASS ? l : 1_000_000 * l - 3)
                .toArray();
        float[] loss = Policies.losses(300);
        assertThat(Policies.choose(policy, InMemoryPopulation.of(loss, apart), 1, 4, 0.3))
                .isEqualTo(Policies.choose(policy, InMemoryPopulation.of(loss, labels), 1, 4, 0.3));
    }

    @ParameterizedTest
    @MethodSource("io.rela.select.Policies#sized")
    void oneClassIsAsNone(SelectionPolicy policy) {
        int[] one = new int[300];
        Arrays.fill(one, 4);
        float[] loss = Policies.losses(300);
        assertThat(Policies.choose(policy, InMemoryPopulation.of(loss, one), 1, 4, 0.3))
                .isEqualTo(Policies.choose(policy, InMemoryPopulation.of(loss), 1, 4, 0.3));
    }

    @Test
    void rcapGivesAClassNoMoreThanItHas() {
        // Class 1 holds nearly all loss but four samples only.
        float[] loss = Policies.losses(100);
        int[] labels = new int[100];
        for (int i = 0; i < 4; i++) {
            labels[i] = 1;
            loss[i] = 1e6f;
        }
        NavigableMap<Long, Float> chosen = Policies.choose(new Rcap(1), InMemoryPopulation.of(loss, labels), 1, 0, 0.5);
        assertThat(chosen).hasSize(50);
        assertThat(chosen.headMap(4L)).hasSize(4);
    }

    // Annealing

    @ParameterizedTest
    @CsvSource({
        "7,8,0.875,true",
        "6,8,0.875,false",
        "9,10,0.875,true",
        "8,10,0.875,false",
        "0,10,0,true",
        "9,10,1,false"
    })
    void infoBatchTakesAllFromTheShareOfTheEpochsOn(int epoch, int epochs, double from, boolean all) {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(200));
        Selection.Settled settled = Selection.settle(
                new InfoBatch(0.5, from), population, 1, epoch, OptionalInt.of(epochs), 1, earlier -> 0);
        assertThat(population.chosen(settled).size() == 200).isEqualTo(all);
    }

    @Test
    void unknownNumberOfEpochsIsWarnedAboutWhereItMatters() {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(20));
        for (SelectionPolicy policy : Policies.all().toList()) {
            Selection selection = Policies.settle(policy, population, 1, 5, 0.5).selection();
            assertThat(policy.warning(selection).isPresent())
                    .isEqualTo(policy instanceof InfoBatch || policy instanceof SeTa);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void setaWindowMovesFromEasyToHardAndBeginsAgain(int epoch) {
        // Five clear heaps of 40, a window of three of them.
        float[] loss = new float[200];
        for (int i = 0; i < loss.length; i++) {
            loss[i] = 10 * (i / 40) + 0.001f * (i % 40);
        }
        NavigableMap<Long, Float> chosen =
                Policies.choose(new SeTa(0, 5, 0.6, 0.9), InMemoryPopulation.of(loss), 1, epoch, 1);
        assertThat(chosen).hasSize(120);
        assertThat(chosen.firstKey()).isEqualTo(epoch % 3 * 40L);
        assertThat(chosen.lastKey()).isEqualTo(epoch % 3 * 40L + 119);
    }

    @Test
    void ccsCutsTheHardestAndFillsSmallStrataFirst() {
        // Ten losses near 9 are cut. Strata of the rest: 80 near 0, 6 near 2, 4 near 4; 30 wanted: 4, 6 and 20.
        float[] loss = new float[100];
        for (int i = 0; i < 100; i++) {
            loss[i] = (i < 80 ? 0 : i < 86 ? 2 : i < 90 ? 4 : 9) + i * 0.0001f;
        }
        NavigableMap<Long, Float> chosen =
                Policies.choose(new CoverageCentric(0.1, 10), InMemoryPopulation.of(loss), 1, 0, 0.3);
        assertThat(chosen.subMap(0L, 80L)).hasSize(20);
        assertThat(chosen.subMap(80L, 90L)).hasSize(10);
        assertThat(chosen.tailMap(90L)).isEmpty();
    }

    @Test
    void ccsCutsNoMoreThanTheSubsetLeaves() {
        InMemoryPopulation population = InMemoryPopulation.of(Policies.losses(100));
        assertThat(Policies.choose(new CoverageCentric(0.9, 10), population, 1, 0, 0.4))
                .isEqualTo(Policies.choose(new Easy(), population, 1, 0, 0.4));
    }
}
