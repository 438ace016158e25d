package io.rela.cli;

import io.rela.home.LockWait;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options of commands that write to a dataset home. */
final class LockOptions {
    @Option(
            names = "--wait-lock",
            paramLabel = "SECONDS",
            description = "to wait while another command holds the home or the epoch, before this one ends with 7"
                    + " (default ${DEFAULT-VALUE})")
    long seconds = 0;

    /** That passes while this command waits; tests have one of their own. */
    LockWait.Time time = LockWait.Time.REAL;

    void check(Problems problems) {
        problems.check(seconds >= 0, "--wait-lock " + seconds + ": write a number of seconds, 0 or more");
    }

    /** How this command waits; it says so on stderr. */
    LockWait wait(String command) {
        return new LockWait(
                Duration.ofSeconds(seconds), said -> System.err.println("rela " + command + ": " + said), time);
    }
}
