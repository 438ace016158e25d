package io.rela.select;

import io.rela.rank.Rankings;
import io.rela.rank.Rule;

/** {@code easy}: the n smallest losses, with weight 1. A baseline. */
public record Easy() implements SelectionPolicy {
    static final PolicyDeclaration DECLARATION = PolicyDeclaration.of("easy")
            .rule("the smallest losses")
            .needs(Need.LOSSES)
            .madeBy(values -> new Easy());

    @Override
    public PolicyDeclaration declaration() {
        return DECLARATION;
    }

    @Override
    public Rule rule(Selection selection) {
        return selection.first(new Rankings.ByLoss(false, selection.draw(this)));
    }
}
