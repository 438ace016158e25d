package io.rela.select;

import io.rela.Flag;
import io.rela.rank.Bins;
import io.rela.rank.Cut;
import io.rela.rank.Groups;
import io.rela.rank.Pool;
import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rankings;
import io.rela.rank.Rule;

/**
 * {@code seta}: a pool of N − ⌊N·p⌋ samples, those with the smallest u; the pool is divided by ℓ into k groups, 1-D k-means;
 * of the groups in ascending order a window of w = max(1, ⌊k·a⌋) is kept, which begins at group e mod (k−w+1) in epoch e, so
 * that it moves from easy to hard and begins again; weight 1. From the share δ of the epochs on the whole pool. SeTa (Zhou et
 * al., CVPR 2025, arXiv 2503.13385).
 *
 * <p>The k-means is the best one, not one that depends on random starts: over {@value #BINS} bins of equal width between the pool's
 * smallest and largest loss, by dynamic programming ({@link Groups}). Fewer bins with rows than groups make fewer groups,
 * and k is then their number.
 *
 * @param pruneProbability p in [0, 1); 0.1 as published
 * @param groups k, at least 1; 5 as published
 * @param windowScale a in (0, 1]; 0.9 as published
 * @param annealFrom δ in [0, 1]
 */
public record SeTa(double pruneProbability, int groups, double windowScale, double annealFrom)
        implements SelectionPolicy {
    private static final int BINS = 1024;
    private static final Parameter PRUNE_PROBABILITY = Parameter.number(
            "prune-probability", "P", Interval.from(0).below(1), 0.1, "share of the samples that chance leaves out");
    private static final Parameter GROUPS =
            Parameter.whole("groups", "K", Interval.from(1), 5, "groups that the pool is divided into by loss");
    private static final Parameter WINDOW_SCALE =
            Parameter.number("window-scale", "A", Interval.above(0).to(1), 0.9, "share of the groups that is kept");
    private static final Parameter ANNEAL_FROM = Parameter.number(
            "anneal-from",
            "SHARE",
            Interval.from(0).to(1),
            0.875,
            "share of " + Flag.EPOCHS + " from which the whole pool is kept");

    static final PolicyDeclaration DECLARATION = PolicyDeclaration.of("seta")
            .rule(
                    "of a random pool a window of loss groups (1-D k-means) that moves from easy to hard and begins again;"
                            + " the whole pool from " + Flag.of(ANNEAL_FROM.name()) + " on")
            .size("by groups", PRUNE_PROBABILITY)
            .source("SeTa", "https://arxiv.org/abs/2503.13385")
            .needs(Need.LOSSES, Need.EPOCHS)
            .parameters(PRUNE_PROBABILITY, GROUPS, WINDOW_SCALE, ANNEAL_FROM)
            .madeBy(values -> new SeTa(
                    values.number(PRUNE_PROBABILITY),
                    values.whole(GROUPS),
                    values.number(WINDOW_SCALE),
                    values.number(ANNEAL_FROM)));

    @Override
    public PolicyDeclaration declaration() {
        return DECLARATION;
    }

    @Override
    public Rule rule(Selection selection) {
        Ranking byDraw = new Rankings.ByDraw(selection.draw(this));
        long pruned = Selection.share(pruneProbability, selection.samples());
        Cut end = RankSearch.find(selection.rows(), byDraw, selection.samples() - pruned);
        if (selection.isFrom(annealFrom)) {
            return new Rankings.Before(byDraw, end);
        }
        Pool.Range range = selection.rows().scan(new Pool.Range(byDraw, end));
        Bins bins = new Bins(range.smallest, range.largest, BINS);
        int[] ends = Groups.of(selection.rows().scan(new Pool.Histogram(byDraw, end, bins)).counts, groups);
        int window = Math.max(1, (int) Selection.share(windowScale, ends.length));
        int first = selection.epoch() % (ends.length - window + 1);
        int fromBin = first == 0 ? 0 : ends[first - 1];
        return new Window(byDraw, end, bins, fromBin, ends[first + window - 1]);
    }

    private record Window(Ranking pool, Cut end, Bins bins, int fromBin, int endBin) implements Rule {
        private static final long serialVersionUID = 1L;

        @Override
        public float weight(long index, float loss, float reference, int label) {
            int bin = bins.of(loss);
            return bin >= fromBin && bin < endBin && pool.isBefore(end, index, loss, reference, label) ? 1 : 0;
        }
    }
}
