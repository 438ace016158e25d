package io.rela.select;

import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** All ten policies for tests, and short ways to run them. */
final class Policies {
    private Policies() {}

    static Stream<SelectionPolicy> all() {
        return Stream.concat(sized(), Stream.of(new InfoBatch(0.5, 0.875), new SeTa(0.1, 5, 0.9, 0.9)));
    }

    /** Those whose size the ratio decides. */
    static Stream<SelectionPolicy> sized() {
        return Stream.of(
                new Uniform(),
                new Cyclic(),
                new OrderDp(OptionalDouble.empty()),
                new CoverageCentric(0.1, 50),
                new Rcap(1),
                new Importance(),
                new Extreme(true),
                new Extreme(false));
    }

    static Stream<SelectionPolicy> thatNeedLosses() {
        return all().filter(SelectionPolicy::needsLosses);
    }

    /** Those that take the loss for a share. */
    static Stream<SelectionPolicy> thatNeedLossesOfZeroOrMore() {
        return Stream.of(new Rcap(1), new Importance());
    }

    /** Earlier epochs had the same ratio; nobody said how many there are. */
    static NavigableMap<Long, Float> choose(
            SelectionPolicy policy, InMemoryPopulation population, long seed, int epoch, double ratio) {
        return population.chosen(settle(policy, population, seed, epoch, ratio));
    }

    static Selection.Settled settle(
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
        Draw draw = new Draw(11, "losses", 0);
        float[] losses = new float[number];
        for (int i = 0; i < number; i++) {
            losses[i] = (float) (2 * draw.unit(i) * draw.unit(i));
        }
        return losses;
    }

    /** Skewed classes: 0 to 7, some samples without one. */
    static int[] labels(int number) {
        Draw draw = new Draw(11, "labels", 0);
        int[] labels = new int[number];
        for (int i = 0; i < number; i++) {
            double v = draw.unit(i);
            labels[i] = v < 0.05 ? Population.NO_CLASS : (int) (8 * v * v);
        }
        return labels;
    }
}
