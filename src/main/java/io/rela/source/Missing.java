package io.rela.source;

import java.util.Locale;

/** What becomes of a picture that is gone since it was listed. */
public enum Missing {
    /** The command ends: the disk of a worker that is not mounted says the same of every picture. */
    FAIL,
    /** It counts as a reject, which the next run tries again. */
    REJECT;

    /** As settings and manifests spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
