package io.rela.cli;

import io.rela.Flag;
import io.rela.home.HomeRequest;
import io.rela.home.IfExists;
import io.rela.home.LockWait;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options of commands that change a dataset home. */
final class HomeOptions {
    @Option(names = Flag.HOME, required = true, paramLabel = "URI", description = "the dataset home")
    String uri;

    @Option(names = Flag.IF_EXISTS, description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    IfExists ifExists = IfExists.ERROR;

    @Option(
            names = Flag.WAIT_LOCK,
            paramLabel = "SECONDS",
            description = "how long to wait for other commands that hold the home (default ${DEFAULT-VALUE})")
    long waitLock = 0;

    /** That passes while the command waits; tests have one of their own. */
    LockWait.Time time = LockWait.Time.REAL;

    void check(Problems problems) {
        problems.check(waitLock >= 0, Flag.WAIT_LOCK + " " + waitLock + ": write a number of seconds of at least 0");
        Inputs.refuseSecret(problems, Flag.HOME, uri);
    }

    HomeRequest request() {
        return new HomeRequest(uri, ifExists, Duration.ofSeconds(waitLock), time);
    }
}
