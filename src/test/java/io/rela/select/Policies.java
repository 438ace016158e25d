package io.rela.select;

import io.rela.rank.Draw;
import io.rela.rank.Population;
import io.rela.testing.InMemoryPopulation;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** All policies for tests, with their usual parameters, and short ways to run them. */
public final class Policies {
    private Policies() {}

    static Stream<SelectionPolicy> all() {
        return SelectionPolicies.all().stream().map(declared -> declared.make(Map.of()));
    }

    /** Those whose size the ratio decides. */
    static Stream<SelectionPolicy> sized() {
        return all().filter(policy -> policy.declaration().takesRatio());
    }

    static Stream<SelectionPolicy> thatNeedLosses() {
        return all().filter(policy -> policy.declaration().needs(Need.LOSSES));
    }

    static Stream<SelectionPolicy> thatNeedReferenceLosses() {
        return all().filter(policy -> policy.declaration().needs(Need.REFERENCE_LOSSES));
    }

    /** Those that take the loss for a share. */
    static Stream<SelectionPolicy> thatNeedLossesOfZeroOrMore() {
        return Stream.of(new Rcap(1), new Importance());
    }

    /** Earlier epochs had the same ratio; nobody said how many there are. */
    public static NavigableMap<Long, Float> choose(
            SelectionPolicy policy, InMemoryPopulation population, long seed, int epoch, double ratio) {
        return population.chosen(settle(policy, population, seed, epoch, ratio));
    }

    public static Selection.Settled settle(
            SelectionPolicy policy, InMemoryPopulation population, long seed, int epoch, double ratio) {
        return Selection.settle(
                policy,
                population,
                seed,
                epoch,
                OptionalInt.empty(),
                ratio,
                earlier -> Selection.share(ratio, population.size()));
    }

    /** Skewed losses in [0, 2), without ties to speak of. */
    static float[] losses(int number) {
        return skewed(number, "losses");
    }

    /** Skewed reference losses in [0, 2), without ties to speak of. */
    public static float[] references(int number) {
        return skewed(number, "references");
    }

    private static float[] skewed(int number, String name) {
        Draw draw = new Draw(11, name, 0);
        float[] values = new float[number];
        for (int i = 0; i < number; i++) {
            values[i] = (float) (2 * draw.unit(i) * draw.unit(i));
        }
        return values;
    }

    /** Skewed classes: 0 to 7, some samples without one. */
    public static int[] labels(int number) {
        Draw draw = new Draw(11, "labels", 0);
        int[] labels = new int[number];
        for (int i = 0; i < number; i++) {
            double v = draw.unit(i);
            labels[i] = v < 0.05 ? Population.NO_CLASS : (int) (8 * v * v);
        }
        return labels;
    }
}
