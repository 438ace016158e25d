package io.rela.cli;

import io.rela.Flag;
import io.rela.cli.options.Inputs;
import io.rela.cli.options.LockOptions;
import io.rela.cli.options.Problems;
import io.rela.home.IfExists;
import io.rela.prune.PruneRequest;
import io.rela.prune.Pruning;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code prune}: removes what was made of old epochs. */
@CommandLine.Command(
        name = "prune",
        description = "Removes the losses, subsets and transfers of all epochs but the newest.",
        footerHeading = "%nExamples:%n",
        footer = "  rela prune --home photos-rela --keep-epochs 2 --dry-run",
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

    @Mixin
    LockOptions lock = new LockOptions();

    @Override
    void check(Problems problems) {
        Inputs.check(problems, Flag.HOME, home);
        problems.check(
                keepEpochs == null || keepEpochs >= 0,
                Flag.KEEP_EPOCHS + " " + keepEpochs + ": write a number of at least 0");
        lock.check(problems);
    }

    @Override
    String home() {
        return home;
    }

    @Override
    CommandResult run(CommandRun run) {
        return Pruning.run(new PruneRequest(lock.request(home, IfExists.ERROR), keepEpochs, dryRun), run);
    }
}
