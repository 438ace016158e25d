package io.rela.home;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Which home somebody wants to change, and how. Immutable.
 *
 * @param uri of the home
 * @param ifExists what to do when it already holds the result with other settings
 * @param waitForLock how long to wait for other commands that hold it
 * @param time that passes while it waits
 */
public record HomeRequest(String uri, IfExists ifExists, Duration waitForLock, LockWait.Time time) {
    /** A home in which nothing is replaced, and nobody waited for. */
    public static HomeRequest of(String uri) {
        return new HomeRequest(uri, IfExists.ERROR, Duration.ZERO, LockWait.Time.REAL);
    }

    /** Whether what is there goes. */
    public boolean overwrites() {
        return ifExists == IfExists.OVERWRITE;
    }

    /**
     * How the command waits for others.
     *
     * @param tell takes a sentence on what it waits for
     */
    public LockWait lockWait(Consumer<String> tell) {
        return new LockWait(waitForLock, tell, time);
    }
}
