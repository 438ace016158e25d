package io.rela.select;

import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rankings;
import io.rela.rank.Rule;

/**
 * {@code hard} and {@code easy}: the n largest, or smallest, losses, with weight 1. Baselines; {@code hard} keeps label noise
 * and garbage.
 *
 * @param hardest whether the largest
 */
public record Extreme(boolean hardest) implements SelectionPolicy {
    @Override
    public String name() {
        return hardest ? "hard" : "easy";
    }

    @Override
    public boolean needsLosses() {
        return true;
    }

    @Override
    public Rule rule(Selection selection) {
        Ranking byLoss = new Rankings.ByLoss(hardest, selection.draw(this));
        return new Rankings.Before(byLoss, RankSearch.find(selection.rows(), byLoss, selection.wanted()));
    }
}
