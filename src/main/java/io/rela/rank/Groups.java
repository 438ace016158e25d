package io.rela.rank;

import java.util.stream.IntStream;

/** One-dimensional k-means of a histogram, by dynamic programming: the best division, whatever the order of the rows. */
public final class Groups {
    private final int[] bins;
    private final long[] rows;
    private final long[] sums;
    private final long[] squares;

    /** Keeps the bins that have rows, with running sums of rows, of bin numbers and of their squares. */
    private Groups(long[] counts) {
        bins = IntStream.range(0, counts.length).filter(b -> counts[b] > 0).toArray();
        rows = new long[bins.length + 1];
        sums = new long[bins.length + 1];
        squares = new long[bins.length + 1];
        for (int i = 0; i < bins.length; i++) {
            long bin = bins[i];
            rows[i + 1] = rows[i] + counts[bins[i]];
            sums[i + 1] = sums[i] + bin * counts[bins[i]];
            squares[i + 1] = squares[i] + bin * bin * counts[bins[i]];
        }
    }

    /**
     * Divides bins into neighbouring groups so that the squared distances of rows to their group's mean, in bins, sum to the
     * least; of equal divisions the one whose last group is the largest, of these the one whose last but one is, and so on.
     *
     * @param counts rows by bin; some are not 0
     * @param groups at least 1; no more are made than there are bins with rows
     * @return for each group the bin after its last, ascending; the last is the number of bins
     */
    public static int[] of(long[] counts, int groups) {
        Groups filled = new Groups(counts);
        int[] borders = filled.divide(Math.min(groups, filled.bins.length));
        int[] ends = new int[borders.length];
        for (int g = 0; g < ends.length; g++) {
            ends[g] = g == ends.length - 1 ? counts.length : filled.bins[borders[g] - 1] + 1;
        }
        return ends;
    }

    private int[] divide(int groups) {
        int n = bins.length;
        double[] best = new double[n + 1];
        for (int end = 1; end <= n; end++) {
            best[end] = cost(0, end);
        }
        int[][] from = new int[groups][n + 1];
        for (int g = 1; g < groups; g++) {
            double[] better = new double[n + 1];
            for (int end = g + 1; end <= n; end++) {
                better[end] = Double.POSITIVE_INFINITY;
                for (int start = g; start < end; start++) {
                    double cost = best[start] + cost(start, end);
                    if (cost < better[end]) {
                        better[end] = cost;
                        from[g][end] = start;
                    }
                }
            }
            best = better;
        }
        int[] borders = new int[groups];
        int end = n;
        for (int g = groups - 1; g >= 0; g--) {
            borders[g] = end;
            end = from[g][end];
        }
        return borders;
    }

    private double cost(int start, int end) {
        double count = rows[end] - rows[start];
        double sum = sums[end] - sums[start];
        double square = squares[end] - squares[start];
        return square - sum * sum / count;
    }
}
