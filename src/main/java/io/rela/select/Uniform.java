package io.rela.select;

import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rankings;
import io.rela.rank.Rule;

/**
 * {@code uniform}: exactly n samples, those with the smallest u, with weight 1. As a distribution it is the reference
 * implementation's subset ({@code _update_re_induces} of LINs-lab/ReLA): of exact size, without repeats, anew each epoch.
 */
public record Uniform() implements SelectionPolicy {
    @Override
    public String name() {
        return "uniform";
    }

    @Override
    public boolean needsLosses() {
        return false;
    }

    @Override
    public Rule rule(Selection selection) {
        Ranking byDraw = new Rankings.ByDraw(selection.draw(this));
        return new Rankings.Before(byDraw, RankSearch.find(selection.rows(), byDraw, selection.wanted()));
    }
}
