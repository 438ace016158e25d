package io.rela.select;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.rank.Cut;
import io.rela.rank.Draw;
import io.rela.rank.RankSearch;
import io.rela.rank.Ranking;
import io.rela.rank.Rankings;
import io.rela.rank.Rule;
import java.math.BigDecimal;
import java.util.OptionalDouble;

/**
 * {@code orderdp}: of a pool of ⌊N·s⌋ samples, those with the smallest u, exactly the n with the largest ℓ; weight 1. OrderDP
 * (Jin et al., ICLR 2026, arXiv 2606.08574).
 *
 * @param poolShare s in [R, 1]; when empty (1+R)/2 of the decimal R, half way between {@code uniform} and {@code hard}, which is this
 *     program's choice
 */
public record OrderDp(OptionalDouble poolShare) implements SelectionPolicy {
    private static final Parameter POOL_SHARE = new Parameter(
            "pool-share",
            "S",
            Parameter.Type.NUMBER,
            Interval.above(0).to(1),
            new Parameter.Usual.Derived("half way from " + Flag.RATIO + " to 1"),
            "share of the samples in the pool");

    static final PolicyDeclaration DECLARATION = PolicyDeclaration.of("orderdp")
            .rule("of a random pool the largest losses")
            .source("OrderDP", "https://arxiv.org/abs/2606.08574")
            .needs(Need.LOSSES)
            .parameters(POOL_SHARE)
            .madeBy(values -> new OrderDp(values.ifThere(POOL_SHARE)));

    @Override
    public PolicyDeclaration declaration() {
        return DECLARATION;
    }

    @Override
    public Rule rule(Selection selection) {
        double share = poolShare.orElseGet(() -> usual(selection.ratio()));
        long wanted = selection.wanted();
        long pool = Selection.share(share, selection.samples());
        if (pool < wanted) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.of(POOL_SHARE.name()) + " " + share + " gives a pool of " + pool + " samples, " + Flag.RATIO
                            + " " + selection.ratio() + " asks for " + wanted
                            + " of them. Make the pool at least as large.");
        }
        Draw draw = selection.draw(this);
        Ranking byDraw = new Rankings.ByDraw(draw);
        Cut end = RankSearch.find(selection.rows(), byDraw, pool);
        Ranking hardest = new Rankings.Within(byDraw, end, new Rankings.ByLoss(true, draw));
        return selection.first(hardest);
    }

    /** (1+R)/2 of the decimal number R: in doubles 0.36 would give 0.6799999999999999, and a pool one too small. */
    private static double usual(double ratio) {
        return BigDecimal.ONE
                .add(BigDecimal.valueOf(ratio))
                .divide(BigDecimal.valueOf(2))
                .doubleValue();
    }
}
