package io.rela.home;

import java.util.Locale;

/** Which representation of a home's samples is meant. */
public enum Representation {
    /** What the prior gave. */
    FEATURES,
    /** What was made of that. */
    TARGETS;

    /** As settings spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
