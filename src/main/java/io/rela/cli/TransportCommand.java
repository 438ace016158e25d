package io.rela.cli;

import io.rela.Flag;
import io.rela.cli.options.Inputs;
import io.rela.cli.options.Problems;
import io.rela.home.Representation;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.transport.Transport;
import io.rela.transport.TransportRequest;
import io.rela.transport.TransportRequest.Other;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code transport}: how well one representation of samples can be had from another by a linear map; changes nothing. */
@CommandLine.Command(
        name = "transport",
        description =
                "Measures how well a linear map turns one prior's features into another's: helps to choose a prior.",
        footerHeading = "%nExamples:%n",
        footer = "  rela transport --home photos-rela --other-home photos-other",
        sortOptions = false)
final class TransportCommand extends Command {
    @Option(names = Flag.HOME, required = true, paramLabel = "URI", description = "a dataset home")
    String home;

    @Option(names = Flag.OTHER_HOME, paramLabel = "URI", description = "a home of the same pictures by another prior")
    String otherHome;

    @Option(
            names = Flag.OTHER_FEATURES,
            paramLabel = "URI",
            description = "instead: Parquet with feature array<float> or array<double>, and id string or index long")
    String otherFeatures;

    @Option(names = Flag.TABLE, description = "of the homes: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    Representation table = Representation.FEATURES;

    @Option(
            names = Flag.HELD_OUT,
            paramLabel = "SHARE",
            description = "of the samples that the maps are tried on, above 0, below 1 (default ${DEFAULT-VALUE})")
    double heldOut = 0.2;

    @Option(
            names = Flag.RIDGE,
            paramLabel = "R",
            description =
                    "penalty, as a part of the mean variance of a dimension, 0 or more (default ${DEFAULT-VALUE})")
    double ridge = 1e-3;

    @Option(names = Flag.SEED, paramLabel = "N", description = "of the split (default ${DEFAULT-VALUE})")
    long seed = 0;

    @Override
    void check(Problems problems) {
        problems.check(
                (otherHome == null) != (otherFeatures == null),
                otherHome == null
                        ? "There is nothing to compare " + Flag.HOME + " with: give " + Flag.OTHER_HOME + " or "
                                + Flag.OTHER_FEATURES
                        : Flag.OTHER_HOME + " and " + Flag.OTHER_FEATURES + " are both given: leave one of them out");
        problems.check(
                heldOut > 0 && heldOut < 1,
                Flag.HELD_OUT + " " + heldOut + " is no share: write a number above 0, below 1");
        problems.check(
                ridge >= 0 && ridge < Double.POSITIVE_INFINITY,
                Flag.RIDGE + " " + ridge + ": write a finite number of 0 or more");
        Inputs.check(problems, Flag.HOME, home);
        Inputs.check(problems, Flag.OTHER_HOME, otherHome);
        Inputs.check(problems, Flag.OTHER_FEATURES, otherFeatures);
    }

    @Override
    String home() {
        return home;
    }

    @Override
    CommandResult run(CommandRun run) {
        Other other = otherHome == null
                ? new Other(Flag.OTHER_FEATURES, otherFeatures, false)
                : new Other(Flag.OTHER_HOME, otherHome, true);
        return Transport.run(new TransportRequest(home, other, table, heldOut, ridge, seed), run);
    }
}
