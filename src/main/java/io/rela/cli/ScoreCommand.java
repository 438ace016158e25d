package io.rela.cli;

import io.rela.cli.options.LoggedOptions;
import io.rela.cli.options.ScoreOptions;
import io.rela.cli.options.SelectOptions;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code score}: losses of an epoch. */
@CommandLine.Command(
        name = "score",
        description = "Stage 2's first half: every sample's loss under a learner, as losses/epoch=E.",
        footerHeading = "%nExamples:%n",
        footer = "  rela score --home photos-rela --epoch 1 --learner builtin:learner-late",
        sortOptions = false)
final class ScoreCommand extends EpochCommand {
    @Mixin
    ScoreOptions score = new ScoreOptions();

    @Mixin
    LoggedOptions logged = new LoggedOptions();

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
        return Optional.empty();
    }
}
