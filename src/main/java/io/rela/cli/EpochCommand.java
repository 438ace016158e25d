package io.rela.cli;

import io.rela.distill.Distillation;
import io.rela.home.IfExists;
import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A command that works on one epoch of a dataset home. One thread. */
public abstract class EpochCommand extends Command {
    @Option(names = "--home", required = true, paramLabel = "URI", description = "the dataset home")
    public String home;

    @Option(names = "--epoch", required = true, paramLabel = "N", description = "of the training run, from 0 on")
    public Integer epoch;

    @Option(names = "--seed", paramLabel = "N", description = "of everything random (default ${DEFAULT-VALUE})")
    public long seed = 0;

    @Option(names = "--if-exists", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    public IfExists ifExists = IfExists.ERROR;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "tasks (default two a task slot); results do not depend on it")
    public Integer partitions;

    /** How losses are computed; empty for a command that does not. */
    public abstract Optional<ScoreOptions> score();

    /** Where logged losses are. */
    public abstract LoggedOptions logged();

    /** How a subset is chosen; empty for a command that does not. */
    public abstract Optional<SelectOptions> select();

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
    Result run(PrintStream out) {
        return new Distillation(this).run();
    }
}
