package io.rela.select;

import io.rela.rank.Rankings;
import io.rela.rank.Rule;

/** {@code hard}: the n largest losses, with weight 1. A baseline; it keeps label noise and garbage. */
public record Hard() implements SelectionPolicy {
    static final PolicyDeclaration DECLARATION = PolicyDeclaration.of("hard")
            .rule("the largest losses")
            .needs(Need.LOSSES)
            .madeBy(values -> new Hard());

    @Override
    public PolicyDeclaration declaration() {
        return DECLARATION;
    }

    @Override
    public Rule rule(Selection selection) {
        return selection.first(new Rankings.ByLoss(true, selection.draw(this)));
    }
}
