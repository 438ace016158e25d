package io.rela.select;

import io.rela.rank.Rankings;
import io.rela.rank.Rule;

/**
 * {@code uniform}: exactly n samples, those with the smallest u, with weight 1. As a distribution it is the reference
 * implementation's subset ({@code _update_re_induces} of LINs-lab/ReLA): of exact size, without repeats, anew each epoch.
 */
public record Uniform() implements SelectionPolicy {
    static final PolicyDeclaration DECLARATION = PolicyDeclaration.of("uniform")
            .rule("the smallest u: chance alone, anew each epoch")
            .source("ReLA", "https://arxiv.org/abs/2405.14669")
            .madeBy(values -> new Uniform());

    @Override
    public PolicyDeclaration declaration() {
        return DECLARATION;
    }

    @Override
    public Rule rule(Selection selection) {
        return selection.first(new Rankings.ByDraw(selection.draw(this)));
    }
}
