package io.rela.select;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.rank.Draw;
import io.rela.rank.KnownLosses;
import io.rela.rank.Population;
import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rankings;
import io.rela.rank.Rule;
import io.rela.rank.Stand;
import io.rela.rank.Summary;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalInt;

/**
 * What a policy chooses from, and what it was asked for. Driver only.
 *
 * @param rows the samples; those without a loss, or a reference loss, have one by now where the policy needs it
 * @param summary of the rows as they were
 * @param seed of the run
 * @param epoch 0 or more
 * @param epochs of the whole training run, where somebody said
 * @param ratio R in (0, 1]; 1 for policies that take none
 * @param before subsets of earlier epochs, for {@link Cyclic}
 */
public record Selection(
        Population rows, Summary summary, long seed, int epoch, OptionalInt epochs, double ratio, Earlier before) {

    /** How many samples earlier epochs took. */
    @FunctionalInterface
    public interface Earlier {
        /** The size of the subset of an epoch before this one: what its table holds, or would hold. */
        long size(int epoch);
    }

    /**
     * Looks at the losses once and settles the rule.
     *
     * @param rows the samples, NaN for a loss or a reference loss that is not known
     * @throws RelaException when the policy cannot work with them
     */
    public static Settled settle(
            SelectionPolicy policy,
            Population rows,
            long seed,
            int epoch,
            OptionalInt epochs,
            double ratio,
            Earlier before) {
        Summary summary = rows.scan(new Summary());
        Stand stand = stand(policy, summary);
        Population seen = stand.equals(Stand.NOWHERE) ? rows : rows.standing(stand);
        Selection selection = new Selection(seen, summary, seed, epoch, epochs, ratio, before);
        return new Settled(policy, selection, policy.rule(selection), stand);
    }

    /**
     * At the mean of the others, as far as the policy looks at them.
     *
     * @param summary of all samples
     * @throws RelaException when the policy looks at losses of which none is known
     */
    private static Stand stand(SelectionPolicy policy, Summary summary) {
        return new Stand(
                stand(policy, Need.LOSSES, summary.losses(), "Score an epoch first, or name " + Flag.LOSSES + "."),
                stand(
                        policy,
                        Need.REFERENCE_LOSSES,
                        summary.references(),
                        "Name those of another epoch, or other " + Flag.REFERENCE_LOSSES + "."));
    }

    private static float stand(SelectionPolicy policy, Need need, KnownLosses known, String repair) {
        if (!policy.declaration().needs(need)) {
            return Float.NaN;
        }
        if (known.number() == 0) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.POLICY + " " + policy.name() + " needs " + need.text() + ", and no sample has one. " + repair);
        }
        return known.stand();
    }

    /**
     * A rule with what it was made of.
     *
     * @param stand the losses of samples that have none
     */
    public record Settled(SelectionPolicy policy, Selection selection, Rule rule, Stand stand) {
        /**
         * Makes sure that as many rows were written as the policy promises.
         *
         * @throws IllegalStateException otherwise
         */
        public void requireSize(long rows) {
            if (policy.declaration().takesRatio() && rows != selection.wanted()) {
                throw new IllegalStateException(
                        policy.name() + " chose " + rows + " rows instead of " + selection.wanted());
            }
        }
    }

    /** N, how many samples there are. */
    long samples() {
        return summary.rows();
    }

    /**
     * Number of samples to choose: n = ⌊N·R⌋.
     *
     * @throws RelaException when that is 0: a subset has at least one sample
     */
    public long wanted() {
        long n = share(ratio, samples());
        if (n < 1) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.RATIO + " " + ratio + " of " + samples() + " samples is less than one. Ask for at least "
                            + BigDecimal.ONE
                                    .divide(BigDecimal.valueOf(samples()), 9, RoundingMode.UP)
                                    .stripTrailingZeros()
                                    .toPlainString()
                            + ".");
        }
        return n;
    }

    /** ⌊share·of⌋, the share taken as the decimal number that was written. */
    public static long share(double share, long of) {
        return BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(of)).longValue();
    }

    /** Whether this epoch lies in the part of the run from which a policy changes: epoch ≥ share · epochs. */
    boolean isFrom(double share) {
        return epochs.isPresent()
                && BigDecimal.valueOf(epoch)
                                .compareTo(BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(epochs.getAsInt())))
                        >= 0;
    }

    /** The n first rows of an order in one group. */
    Rule first(Ranking ranking) {
        return new Rankings.Before(ranking, RankSearch.find(rows, ranking, wanted()));
    }

    /** u of this epoch for the policy. */
    Draw draw(SelectionPolicy policy) {
        return new Draw(seed, policy.name(), epoch);
    }
}
