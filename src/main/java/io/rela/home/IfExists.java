package io.rela.home;

import java.util.Locale;

/** What a command does when the home already holds its result with other settings. */
public enum IfExists {
    /** Ends with an error that names the difference. */
    ERROR,
    /** Leaves everything as it is, successfully. */
    SKIP,
    /** Makes the result anew and puts it in place of the old one. */
    OVERWRITE;

    /** As settings and manifests spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
