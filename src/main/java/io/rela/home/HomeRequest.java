package io.rela.home;

import java.time.Duration;

/**
 * Which home somebody wants to change, and how. Immutable.
 *
 * @param uri of the home
 * @param ifExists what to do when it already holds the result with other settings
 * @param waitForLock how long to wait for other commands that hold it
 */
public record HomeRequest(String uri, IfExists ifExists, Duration waitForLock) {
    /** A home in which nothing is replaced, and nobody waited for. */
    public static HomeRequest of(String uri) {
        return new HomeRequest(uri, IfExists.ERROR, Duration.ZERO);
    }

    /** Whether what is there goes. */
    public boolean overwrites() {
        return ifExists == IfExists.OVERWRITE;
    }
}
