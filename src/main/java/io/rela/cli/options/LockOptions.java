package io.rela.cli.options;

import io.rela.Flag;
import io.rela.home.HomeRequest;
import io.rela.home.IfExists;
import io.rela.home.LockWait;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options of commands that hold a lock of a dataset home. */
public final class LockOptions {
    @Option(
            names = Flag.WAIT_LOCK,
            paramLabel = "SECONDS",
            description = "how long to wait for other commands that hold the home (default ${DEFAULT-VALUE})")
    long seconds = 0;

    /** Notes what is wrong with them. */
    public void check(Problems problems) {
        problems.check(seconds >= 0, Flag.WAIT_LOCK + " " + seconds + ": write a number of seconds of at least 0");
    }

    /** What they come to. */
    public HomeRequest request(String home, IfExists ifExists) {
        return new HomeRequest(home, ifExists, Duration.ofSeconds(seconds), LockWait.Time.REAL);
    }
}
