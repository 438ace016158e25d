package io.rela.select;

import io.rela.rank.Bins;
import io.rela.rank.Cut;
import io.rela.rank.Draw;
import io.rela.rank.Pool;
import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rankings;
import io.rela.rank.Rule;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * {@code ccs}: the ⌊N·β⌋ hardest samples are cut, of equal losses those with the largest u, though never so many that n are
 * not left; the range of the remaining losses
 * is divided into strata of equal width; n is shared out over the strata that hold any, the smallest stratum first, of equals the easier: each
 * takes all that it has, or the whole part of an even share of what is left; within a stratum those with the smallest u;
 * weight 1, exactly n samples. Coverage-centric coreset selection (Zheng et al., ICLR 2023, arXiv 2210.15809).
 *
 * @param hardCutoff β in [0, 1); the paper tunes it for each ratio
 * @param strata at least 1; 50 as published
 */
public record CoverageCentric(double hardCutoff, int strata) implements SelectionPolicy {
    @Override
    public String name() {
        return "ccs";
    }

    @Override
    public boolean needsLosses() {
        return true;
    }

    @Override
    public Rule rule(Selection selection) {
        long wanted = selection.wanted();
        long kept = Math.max(wanted, selection.samples() - Selection.share(hardCutoff, selection.samples()));
        Draw draw = selection.draw(this);
        Ranking easiest = new Rankings.ByLoss(false, draw);
        Cut end = RankSearch.find(selection.rows(), easiest, kept);
        Pool.Range range = selection.rows().scan(new Pool.Range(easiest, end));
        Bins bins = new Bins(range.smallest, range.largest, strata);
        long[] counts = selection.rows().scan(new Pool.Histogram(easiest, end, bins)).counts;
        long[] quotas = smallestFirst(counts, wanted);
        long[][] ranks = new long[strata][];
        for (int s = 0; s < strata; s++) {
            ranks[s] = new long[] {quotas[s]};
        }
        Ranking stratified = new Strata(easiest, end, bins, draw);
        Cut[][] cuts = RankSearch.find(selection.rows(), stratified, ranks);
        Cut[] ends = new Cut[strata];
        for (int s = 0; s < strata; s++) {
            ends[s] = cuts[s][0];
        }
        return new Rankings.Before(stratified, ends);
    }

    /** Strata that hold rows, in ascending order of their number of rows, the lower one first of equals. */
    static long[] smallestFirst(long[] counts, long wanted) {
        int[] order = IntStream.range(0, counts.length)
                .filter(s -> counts[s] > 0)
                .boxed()
                .sorted(Comparator.comparingLong(s -> counts[s]))
                .mapToInt(Integer::intValue)
                .toArray();
        long[] quotas = new long[counts.length];
        long left = wanted;
        for (int i = 0; i < order.length; i++) {
            quotas[order[i]] = Math.min(counts[order[i]], left / (order.length - i));
            left -= quotas[order[i]];
        }
        return quotas;
    }

    /** By u inside of strata. */
    private record Strata(Ranking easiest, Cut end, Bins bins, Draw draw) implements Ranking {
        private static final long serialVersionUID = 1L;

        @Override
        public int group(long index, float loss, int label) {
            return easiest.isBefore(end, index, loss, label) ? bins.of(loss) : -1;
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
}
