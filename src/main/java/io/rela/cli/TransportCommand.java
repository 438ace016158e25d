package io.rela.cli;

import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.transport.Transport;
import io.rela.transport.TransportRequest;
import io.rela.transport.TransportRequest.Other;
import io.rela.transport.TransportRequest.Representation;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code transport}: how well one representation of samples can be had from another by a linear map; changes nothing. */
@CommandLine.Command(
        name = "transport",
        description =
                "Measures how well a linear map turns one prior's features into another's: helps to choose a prior.",
        sortOptions = false)
final class TransportCommand extends Command {
    @Option(names = "--home", required = true, paramLabel = "URI", description = "a dataset home")
    String home;

    @Option(names = "--other-home", paramLabel = "URI", description = "a home of the same pictures by another prior")
    String otherHome;

    @Option(
            names = "--other-features",
            paramLabel = "URI",
            description = "instead: Parquet with feature array<float> or array<double>, and id string or index long")
    String otherFeatures;

    @Option(names = "--table", description = "of the homes: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    Representation table = Representation.FEATURES;

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            description = "of the samples that the maps are tried on, above 0, below 1 (default ${DEFAULT-VALUE})")
    double heldOut = 0.2;

    @Option(
            names = "--ridge",
            paramLabel = "R",
            description =
                    "penalty, as a part of the mean variance of a dimension, 0 or more (default ${DEFAULT-VALUE})")
    double ridge = 1e-3;

    @Option(names = "--seed", paramLabel = "N", description = "of the split (default ${DEFAULT-VALUE})")
    long seed = 0;

    @Override
    void check(Problems problems) {
        problems.check(
                (otherHome == null) != (otherFeatures == null),
                otherHome == null
                        ? "There is nothing to compare --home with: give --other-home or --other-features"
                        : "--other-home and --other-features are both given: leave one of them out");
        problems.check(
                heldOut > 0 && heldOut < 1, "--held-out " + heldOut + " is no share: write a number above 0, below 1");
        problems.check(
                ridge >= 0 && ridge < Double.POSITIVE_INFINITY,
                "--ridge " + ridge + ": write a finite number of 0 or more");
        Inputs.check(problems, "--home", home);
        Inputs.check(problems, "--other-home", otherHome);
        Inputs.check(problems, "--other-features", otherFeatures);
    }

    @Override
    String home() {
        return home;
    }

    @Override
    CommandResult run(CommandRun run) {
        Other other = otherHome == null
                ? new Other("--other-features", otherFeatures, false)
                : new Other("--other-home", otherHome, true);
        return Transport.run(new TransportRequest(home, other, table, heldOut, ridge, seed), run);
    }
}
