package io.rela.cli;

import io.rela.Flag;
import io.rela.cli.options.DryRunOption;
import io.rela.cli.options.EpochRange;
import io.rela.cli.options.HomeOptions;
import io.rela.cli.options.Inputs;
import io.rela.cli.options.LoggedOptions;
import io.rela.cli.options.Problems;
import io.rela.cli.options.ScoreOptions;
import io.rela.cli.options.SelectOptions;
import io.rela.distill.Distillation;
import io.rela.distill.EpochRequest;
import io.rela.distill.EpochSeries;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import java.util.Optional;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** A command that works on one epoch of a dataset home. One thread. */
abstract class EpochCommand extends Command {
    /** Adds the policies' parameters to a command that chooses a subset. */
    static final class AddingParameters implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            ((EpochCommand) command.userObject()).select().ifPresent(options -> options.addTo(command));
            return command;
        }
    }

    @Mixin
    HomeOptions home = new HomeOptions();

    @Option(
            names = Flag.EPOCH,
            required = true,
            paramLabel = "N",
            converter = EpochRange.Converter.class,
            description = "of the training run, from 0 on; of select also A..B, one after the other")
    EpochRange epoch;

    @Option(names = Flag.SEED, paramLabel = "N", description = "of everything random (default ${DEFAULT-VALUE})")
    long seed = 0;

    @Option(
            names = Flag.PARTITIONS,
            paramLabel = "N",
            description = "tasks (default two per task slot); results do not depend on it")
    Integer partitions;

    @Mixin
    DryRunOption dryRun = new DryRunOption();

    /** How losses are computed; empty for a command that does not. */
    abstract Optional<ScoreOptions> score();

    /** Where logged losses are. */
    abstract LoggedOptions logged();

    /** How a subset is chosen; empty for a command that does not. */
    abstract Optional<SelectOptions> select();

    @Override
    void check(Problems problems) {
        home.check(problems);
        Inputs.check(problems, Flag.HOME, home.uri());
        problems.check(
                epoch == null || epoch.isOne() || score().isEmpty(),
                Flag.EPOCH + " " + epoch + ": a learner is of one epoch; only select takes several");
        problems.check(
                epoch == null || epoch.isOne() || !logged().isGiven(),
                Flag.EPOCH + " " + epoch + ": what " + Flag.LOSSES + " logged becomes the losses of one epoch; score it"
                        + " first, or leave it out");
        problems.atLeastOne(Flag.PARTITIONS, partitions);
        logged().check(problems);
        score().ifPresent(options -> options.check(problems, logged().isGiven()));
        select().ifPresent(options -> options.check(problems, epoch));
    }

    @Override
    CommandResult run(CommandRun run) {
        return epoch.isOne()
                ? Distillation.run(request(epoch.first()), run)
                : EpochSeries.run(epoch.first(), epoch.last(), this::request, run);
    }

    /** What is asked for of one of the epochs. */
    EpochRequest request(int one) {
        return new EpochRequest(
                home.request(),
                one,
                seed,
                Optional.ofNullable(partitions),
                logged().request().or(() -> score().map(options -> options.request(partitions))),
                select().map(SelectOptions::request),
                dryRun.isAsked());
    }

    @Override
    String home() {
        return home.uri();
    }

    @Override
    boolean resumes() {
        return score().isPresent();
    }
}
