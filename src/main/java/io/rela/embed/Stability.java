package io.rela.embed;

import java.io.Serializable;
import java.util.Locale;

/**
 * Whether a model gives a picture one feature, whatever lies beside it and however often it is asked. Immutable.
 *
 * @param dependence what the feature depends on besides the picture
 * @param deviation largest difference between two features of one picture, in RMS of the features; infinite where only one
 *     of them is finite
 * @param allowed deviation that the model's precision explains
 */
public record Stability(Dependence dependence, double deviation, double allowed) implements Serializable {
    /** What a feature depends on besides its picture. */
    public enum Dependence {
        /** Nothing. */
        NONE,
        /** The hour: two passes over one batch differ. */
        CHANCE,
        /** The other pictures of the batch, or the place in it. */
        BATCH
    }

    /** Whether features depend on pictures alone. */
    public boolean isStable() {
        return dependence == Dependence.NONE;
    }

    /** What was found of an unstable model and how to mend it, sentences that follow the model's name. */
    public String told() {
        return String.format(
                Locale.ROOT,
                switch (dependence) {
                    case NONE -> " gives a picture one feature: off by %.2g of the features' RMS, %s is allowed.";
                    case CHANCE ->
                        " gives other features each time: one batch, twice, differs by %.2g of the features' RMS, %s is"
                                + " allowed. It depends on chance, as dropout does that is still active: the module was"
                                + " exported in training mode. Call eval() on it before it is traced or scripted, or use"
                                + " bin/export-prior, which does.";
                    case BATCH ->
                        " gives a picture other features in another batch: they differ by %.2g of the features' RMS, %s"
                                + " is allowed. It depends on its batch, as batch normalisation in training mode does:"
                                + " call eval() on the module before it is traced or scripted, or use bin/export-prior,"
                                + " which does. Dynamic quantisation does so too: export without it.";
                },
                deviation,
                allowed);
    }
}
