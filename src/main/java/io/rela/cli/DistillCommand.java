package io.rela.cli;

import io.rela.cli.options.LoggedOptions;
import io.rela.cli.options.ScoreOptions;
import io.rela.cli.options.SelectOptions;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code distill}: losses and the subset of an epoch. */
@CommandLine.Command(
        name = "distill",
        description = "Stage 2: every sample's loss under a learner, and a subset of them for an epoch.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rela distill --home photos-rela --epoch 0 --learner builtin:learner-late \\",
            "    --policy middle --ratio 0.5"
        },
        sortOptions = false,
        modelTransformer = EpochCommand.AddingParameters.class)
final class DistillCommand extends EpochCommand {
    @Mixin
    ScoreOptions score = new ScoreOptions();

    @Mixin
    LoggedOptions logged = new LoggedOptions();

    @Mixin
    SelectOptions select = new SelectOptions();

    @Override
    Optional<ScoreOptions> score() {
        return Optional.of(score);
    }

    @Override
    LoggedOptions logged() {
        return logged;
    }

    @Override
    Optional<SelectOptions> select() {
        return Optional.of(select);
    }
}
