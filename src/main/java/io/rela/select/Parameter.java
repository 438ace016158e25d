package io.rela.select;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * A number that users may give to a policy. Immutable.
 *
 * @param name as users write it, without dashes; policies that share a name share an option, and its type
 * @param symbol stands for the number in texts
 * @param type of the number
 * @param range that it lies in
 * @param usual the number where none is given, or in words what the policy then takes
 * @param meaning in a few words
 */
public record Parameter(String name, String symbol, Type type, Interval range, Usual usual, String meaning) {
    /** What kind of number. */
    public enum Type {
        /** An {@code int}. */
        WHOLE,
        /** A {@code double}. */
        NUMBER
    }

    /** What is taken where no number is given. */
    public sealed interface Usual {
        /** As users read it. */
        String text();

        /** A number. */
        record Value(double value) implements Usual {
            @Override
            public String text() {
                return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
            }
        }

        /** What the policy finds out by itself. */
        record Derived(String text) implements Usual {}
    }

    /** A parameter of type {@link Type#NUMBER}. */
    static Parameter number(String name, String symbol, Interval range, double usual, String meaning) {
        return new Parameter(name, symbol, Type.NUMBER, range, new Usual.Value(usual), meaning);
    }

    /** A parameter of type {@link Type#WHOLE}. */
    static Parameter whole(String name, String symbol, Interval range, int usual, String meaning) {
        return new Parameter(name, symbol, Type.WHOLE, range, new Usual.Value(usual), meaning);
    }

    /** What is wrong with a value, as a demand; empty for a value that is allowed. */
    public Optional<String> problem(double value) {
        if (range.holds(value) && (type == Type.NUMBER || value == Math.rint(value))) {
            return Optional.empty();
        }
        String noun = type == Type.WHOLE ? "whole number" : Double.isFinite(value) ? "number" : "finite number";
        return Optional.of("write a " + range.textAfter(noun));
    }
}
