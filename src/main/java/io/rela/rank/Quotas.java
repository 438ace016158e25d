package io.rela.rank;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Shares a whole number out by weight. */
public final class Quotas {
    private Quotas() {}

    /**
     * Shares {@code total} in proportion to the weights, none above its cap: what a cap leaves over goes to the others in the
     * same proportion; then whole parts, and one more to the largest remainders, the first of equals. When only parts of
     * weight 0 are left, they share by their caps.
     *
     * @param weights 0 or more, finite
     * @param caps 0 or more
     * @param total at most the sum of the caps
     * @return as many as weights; sums to total
     */
    public static long[] share(double[] weights, long[] caps, long total) {
        long[] quotas = new long[weights.length];
        boolean[] full = new boolean[weights.length];
        double[] by = weights.clone();
        long left = total;
        while (true) {
            double sum = sum(by, full);
            if (sum == 0) {
                double[] rest = new double[by.length];
                Arrays.setAll(rest, i -> full[i] ? 0 : caps[i]);
                if (sum(rest, full) == 0) {
                    return quotas;
                }
                by = rest;
                continue;
            }
            boolean capped = false;
            long taken = 0;
            for (int i = 0; i < by.length; i++) {
                if (!full[i] && left * (by[i] / sum) >= caps[i]) {
                    full[i] = true;
                    quotas[i] = caps[i];
                    taken += caps[i];
                    capped = true;
                }
            }
            left -= taken;
            if (!capped) {
                byLargestRemainder(by, full, sum, left, quotas);
                return quotas;
            }
        }
    }

    private static void byLargestRemainder(double[] by, boolean[] full, double sum, long left, long[] quotas) {
        double[] remainders = new double[by.length];
        long whole = 0;
        for (int i = 0; i < by.length; i++) {
            if (!full[i]) {
                double share = left * (by[i] / sum);
                quotas[i] = (long) Math.floor(share);
                remainders[i] = share - quotas[i];
                whole += quotas[i];
            }
        }
        int[] order = IntStream.range(0, by.length)
                .filter(i -> !full[i])
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -remainders[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 0; i < left - whole; i++) {
            quotas[order[i]]++;
        }
    }

    private static double sum(double[] by, boolean[] full) {
        double sum = 0;
        for (int i = 0; i < by.length; i++) {
            sum += full[i] ? 0 : by[i];
        }
        return sum;
    }
}
