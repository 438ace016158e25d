package io.rela.cli;

import io.rela.Flag;
import io.rela.distill.Distillation;
import io.rela.distill.EpochRequest;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that works on one epoch of a dataset home. One thread. */
abstract class EpochCommand extends Command {
    @Mixin
    HomeOptions home = new HomeOptions();

    @Option(names = Flag.EPOCH, required = true, paramLabel = "N", description = "of the training run, from 0 on")
    Integer epoch;

    @Option(names = Flag.SEED, paramLabel = "N", description = "of everything random (default ${DEFAULT-VALUE})")
    long seed = 0;

    @Option(
            names = Flag.PARTITIONS,
            paramLabel = "N",
            description = "tasks (default two per task slot); results do not depend on it")
    Integer partitions;

    /** How losses are computed; empty for a command that does not. */
    abstract Optional<ScoreOptions> score();

    /** Where logged losses are. */
    abstract LoggedOptions logged();

    /** How a subset is chosen; empty for a command that does not. */
    abstract Optional<SelectOptions> select();

    @Override
    void check(Problems problems) {
        home.check(problems);
        Inputs.check(problems, Flag.HOME, home.uri);
        problems.check(epoch == null || epoch >= 0, Flag.EPOCH + " " + epoch + ": epochs are counted from 0 on");
        problems.atLeastOne(Flag.PARTITIONS, partitions);
        logged().check(problems);
        score().ifPresent(options -> options.check(problems, logged().losses));
        select().ifPresent(options -> options.check(problems, epoch));
    }

    @Override
    CommandResult run(CommandRun run) {
        return Distillation.run(
                new EpochRequest(
                        home.request(),
                        epoch,
                        seed,
                        Optional.ofNullable(partitions),
                        logged().request().or(() -> score().map(options -> options.request(partitions))),
                        select().map(SelectOptions::request)),
                run);
    }

    @Override
    String home() {
        return home.uri;
    }

    @Override
    boolean resumes() {
        return score().isPresent();
    }
}
