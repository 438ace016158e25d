package io.rela.select;

import java.math.BigDecimal;

/**
 * The finite numbers that a parameter may be. Immutable.
 *
 * @param least bound below; finite
 * @param withLeast whether {@code least} itself is allowed
 * @param most bound above; infinite for none
 * @param withMost whether {@code most} itself is allowed
 */
public record Interval(double least, boolean withLeast, double most, boolean withMost) {
    /** This number and all above it. */
    public static Interval from(double least) {
        return new Interval(least, true, Double.POSITIVE_INFINITY, false);
    }

    /** All numbers above this one. */
    public static Interval above(double least) {
        return new Interval(least, false, Double.POSITIVE_INFINITY, false);
    }

    /** Of these numbers those up to this one, which is allowed. */
    public Interval to(double bound) {
        return new Interval(least, withLeast, bound, true);
    }

    /** Of these numbers those below this one. */
    public Interval below(double bound) {
        return new Interval(least, withLeast, bound, false);
    }

    /** Whether a number lies in it; NaN and the infinities never do. */
    public boolean holds(double value) {
        return Double.isFinite(value)
                && (withLeast ? value >= least : value > least)
                && (withMost ? value <= most : value < most);
    }

    /** As users read it: {@code from 0 to below 1}, {@code above 0, up to 1}, {@code at least 1}. */
    public String text() {
        if (Double.isInfinite(most)) {
            return (withLeast ? "at least " : "above ") + plain(least);
        }
        return withLeast
                ? "from " + plain(least) + (withMost ? " to " : " to below ") + plain(most)
                : "above " + plain(least) + (withMost ? ", up to " : ", below ") + plain(most);
    }

    /** Names one of its numbers: {@code a number of at least 1}. */
    String textAfter(String noun) {
        return noun + (Double.isInfinite(most) && withLeast ? " of " : " ") + text();
    }

    private static String plain(double bound) {
        return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
    }
}
