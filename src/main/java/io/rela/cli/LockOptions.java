package io.rela.cli;

import io.rela.Flag;
import io.rela.home.HomeRequest;
import io.rela.home.IfExists;
import io.rela.home.LockWait;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options of commands that hold a lock of a dataset home. */
final class LockOptions {
    @Option(
            names = Flag.WAIT_LOCK,
            paramLabel = "SECONDS",
            description = "how long to wait for other commands that hold the home (default ${DEFAULT-VALUE})")
    long seconds = 0;

    /** That passes while the command waits; tests have one of their own. */
    LockWait.Time time = LockWait.Time.REAL;

    void check(Problems problems) {
        problems.check(seconds >= 0, Flag.WAIT_LOCK + " " + seconds + ": write a number of seconds of at least 0");
    }

    HomeRequest request(String home, IfExists ifExists) {
        return new HomeRequest(home, ifExists, Duration.ofSeconds(seconds), time);
    }
}
