package io.rela.cli;

import io.rela.Flag;
import io.rela.home.HomeRequest;
import io.rela.home.IfExists;
import io.rela.home.LockWait;
import io.rela.prune.PruneRequest;
import io.rela.prune.Pruning;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code prune}: removes what was made of old epochs. */
@CommandLine.Command(
        name = "prune",
        description = "Removes the losses, subsets and transfers of all epochs but the newest.",
        sortOptions = false)
final class PruneCommand extends Command {
    @Option(names = Flag.HOME, required = true, paramLabel = "URI", description = "the dataset home")
    String home;

    @Option(
            names = Flag.KEEP_EPOCHS,
            required = true,
            paramLabel = "N",
            description = "the newest epochs that stay, of those that have tables")
    Integer keepEpochs;

    @Option(names = Flag.DRY_RUN, description = "lists what would go, and leaves it")
    boolean dryRun;

    @Option(
            names = Flag.WAIT_LOCK,
            paramLabel = "SECONDS",
            description = "how long to wait for other commands that hold the home (default ${DEFAULT-VALUE})")
    long waitLock = 0;

    @Override
    void check(Problems problems) {
        Inputs.check(problems, Flag.HOME, home);
        problems.check(
                keepEpochs == null || keepEpochs >= 0,
                Flag.KEEP_EPOCHS + " " + keepEpochs + ": write a number of at least 0");
        problems.check(waitLock >= 0, Flag.WAIT_LOCK + " " + waitLock + ": write a number of seconds of at least 0");
    }

    @Override
    String home() {
        return home;
    }

    @Override
    CommandResult run(CommandRun run) {
        return Pruning.run(
                new PruneRequest(
                        new HomeRequest(home, IfExists.ERROR, Duration.ofSeconds(waitLock), LockWait.Time.REAL),
                        keepEpochs,
                        dryRun),
                run);
    }
}
