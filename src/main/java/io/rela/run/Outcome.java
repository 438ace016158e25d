package io.rela.run;

import java.util.Locale;

/** How a command ended. */
public enum Outcome {
    /** It did what it was asked for. */
    DONE,
    /** All of it was there already, made with the same settings. */
    UNCHANGED,
    /** Something of it was there already, and was left as it is because that was asked for. */
    SKIPPED,
    /** It did not do what it was asked for. */
    FAILED;

    /** As manifests and results spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
