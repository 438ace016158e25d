package io.rela.app;

import io.rela.settings.IfExists;
import io.rela.settings.Problems;
import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A command that works on one epoch of a dataset home. One thread. */
abstract class EpochCommand extends Command {
    @Option(names = "--home", required = true, paramLabel = "URI", description = "the dataset home")
    String home;

    @Option(names = "--epoch", required = true, paramLabel = "N", description = "of the training run, from 0 on")
    Integer epoch;

    @Option(names = "--seed", paramLabel = "N", description = "of everything random (default ${DEFAULT-VALUE})")
    long seed = 0;

    @Option(names = "--if-exists", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    IfExists ifExists = IfExists.ERROR;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "tasks (default two a task slot); results do not depend on it")
    Integer partitions;

    /** How losses are computed; empty for a command that does not. */
    abstract Optional<ScoreOptions> score();

    /** Where logged losses are. */
    abstract LoggedOptions logged();

    /** How a subset is chosen; empty for a command that does not. */
    abstract Optional<SelectOptions> select();

    @Override
    void check(Problems problems) {
        Inputs.check(problems, "--home", home);
        problems.check(epoch == null || epoch >= 0, "--epoch " + epoch + ": epochs are counted from 0 on");
        Checks.atLeastOne(problems, "--partitions", partitions);
        logged().check(problems);
        score().ifPresent(options -> options.check(problems, logged().losses));
        select().ifPresent(options -> options.check(problems, epoch));
    }

    @Override
    String home() {
        return home;
    }

    @Override
    Result run(PrintStream out) {
        return new Distillation(this).run();
    }
}
