package io.rela.select;

import io.rela.rank.Classes;
import io.rela.rank.Cut;
import io.rela.rank.Draw;
import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rule;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * {@code cyclic}: a cycle is one shuffle of each class; epochs walk through it without replacement, exactly n samples each,
 * from the classes in proportion to their size. No sample is left unseen when a cycle ends. RS2 (Okanovic et al., "Repeated
 * random sampling", ICLR 2024) in its form without replacement, with strata; weight 1.
 *
 * <p>The j-th epoch of a cycle takes ⌊S_c + N_c·n/N + φ⌋ − ⌊S_c + φ⌋ samples of class c, where S_c = Σ n·N_b/N over the classes b
 * before c and φ = (j mod m)/m, m = ⌈N/n⌉: off by less than one from n·N_c/N, together exactly n, and over m epochs of one size
 * at least N_c (Hermite's identity). They are the next ones in the order of u of (seed, {@code cyclic}, number of the cycle,
 * index); at the end of a class the walk begins again at its front. The cycle ends when every class was walked through.
 *
 * <p>Samples without a label are a class, the first; the others follow by label. Where a cycle stands follows from the sizes of
 * the earlier epochs' subsets alone, each taken as at least 1 and at most N.
 */
public record Cyclic() implements SelectionPolicy {
    @Override
    public String name() {
        return "cyclic";
    }

    @Override
    public boolean needsLosses() {
        return false;
    }

    @Override
    public boolean takesClasses() {
        return true;
    }

    @Override
    public Rule rule(Selection selection) {
        Classes classes = new Classes(selection.summary().classes());
        long[] taken = new long[classes.size()];
        long cycle = 0;
        int inCycle = 0;
        for (int epoch = 0; epoch < selection.epoch(); epoch++) {
            long size =
                    Math.min(selection.samples(), Math.max(1, selection.before().size(epoch)));
            long[] quotas = quotas(classes, selection.samples(), size, inCycle);
            boolean whole = true;
            for (int c = 0; c < taken.length; c++) {
                taken[c] += quotas[c];
                whole &= taken[c] >= classes.rows(c);
            }
            inCycle++;
            if (whole) {
                Arrays.fill(taken, 0);
                cycle++;
                inCycle = 0;
            }
        }
        long[] quotas = quotas(classes, selection.samples(), selection.wanted(), inCycle);
        Walk walk = new Walk(classes, new Draw(selection.seed(), name(), cycle));
        long[][] ranks = new long[classes.size()][];
        for (int c = 0; c < ranks.length; c++) {
            long from = taken[c] % classes.rows(c);
            ranks[c] = new long[] {from, (from + quotas[c]) % classes.rows(c)};
        }
        return new Window(walk, RankSearch.find(selection.rows(), walk, ranks), quotas);
    }

    /** What each class gives to one epoch. */
    static long[] quotas(Classes classes, long samples, long size, int inCycle) {
        long epochs = (samples + size - 1) / size;
        BigInteger denominator = BigInteger.valueOf(samples).multiply(BigInteger.valueOf(epochs));
        BigInteger shift = BigInteger.valueOf(inCycle % epochs).multiply(BigInteger.valueOf(samples));
        long[] quotas = new long[classes.size()];
        long before = 0;
        long rows = 0;
        for (int c = 0; c < quotas.length; c++) {
            rows += classes.rows(c);
            long upTo = BigInteger.valueOf(size)
                    .multiply(BigInteger.valueOf(rows))
                    .multiply(BigInteger.valueOf(epochs))
                    .add(shift)
                    .divide(denominator)
                    .longValue();
            quotas[c] = upTo - before;
            before = upTo;
        }
        return quotas;
    }

    private record Walk(Classes classes, Draw draw) implements Ranking {
        private static final long serialVersionUID = 1L;

        @Override
        public int group(long index, float loss, int label) {
            return classes.of(label);
        }

        @Override
        public long key(long index, float loss, int label) {
            return draw.bits(index);
        }

        @Override
        public long tie(long index) {
            return 0;
        }
    }

    /** The rows from one cut to the next; past the end of the class on from its front. */
    private record Window(Walk walk, Cut[][] cuts, long[] quotas) implements Rule {
        private static final long serialVersionUID = 1L;

        @Override
        public float weight(long index, float loss, int label) {
            int group = walk.group(index, loss, label);
            if (quotas[group] == 0) {
                return 0;
            }
            Cut from = cuts[group][0];
            Cut end = cuts[group][1];
            boolean reached = !walk.isBefore(from, index, loss, label);
            boolean notPast = walk.isBefore(end, index, loss, label);
            boolean wraps = from.compareTo(end) >= 0;
            return (wraps ? reached || notPast : reached && notPast) ? 1 : 0;
        }
    }
}
