package io.rela.cli;

import io.rela.cli.options.LoggedOptions;
import io.rela.cli.options.ScoreOptions;
import io.rela.cli.options.SelectOptions;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code select}: the subset of an epoch. */
@CommandLine.Command(
        name = "select",
        description = "Stage 2's second half: a subset of the samples by their losses, as subsets/epoch=E.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rela select --home photos-rela --epoch 1 --policy uniform --ratio 0.3",
            "  rela select --home photos-rela --epoch 2 --policy infobatch --epochs 30",
            "  rela select --home photos-rela --epoch 3..5 --policy cyclic --ratio 0.3"
        },
        sortOptions = false,
        modelTransformer = EpochCommand.AddingParameters.class)
final class SelectCommand extends EpochCommand {
    @Mixin
    LoggedOptions logged = new LoggedOptions();

    @Mixin
    SelectOptions select = new SelectOptions();

    @Override
    Optional<ScoreOptions> score() {
        return Optional.empty();
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
