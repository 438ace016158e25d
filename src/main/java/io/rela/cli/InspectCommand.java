package io.rela.cli;

import io.rela.Flag;
import io.rela.cli.options.Inputs;
import io.rela.cli.options.Problems;
import io.rela.inspect.InspectRequest;
import io.rela.inspect.Inspection;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code inspect}: prints what a dataset home holds; fails if an invariant does not hold. */
@CommandLine.Command(
        name = "inspect",
        description = "Prints a dataset home's manifest, counts and invariants; fails if one does not hold.",
        footerHeading = "%nExamples:%n",
        footer = "  rela inspect --home photos-rela",
        sortOptions = false)
final class InspectCommand extends Command {
    @Option(names = Flag.HOME, required = true, paramLabel = "URI", description = "the dataset home")
    String home;

    @Option(
            names = Flag.TIMES_SELECTED,
            paramLabel = "URI",
            description = "writes a Parquet table of index and times_selected, over the subsets that are there")
    String timesSelected;

    @Override
    void check(Problems problems) {
        Inputs.check(problems, Flag.HOME, home);
        Inputs.checkNew(problems, Flag.TIMES_SELECTED, timesSelected);
    }

    @Override
    String home() {
        return home;
    }

    @Override
    CommandResult run(CommandRun run) {
        return Inspection.run(new InspectRequest(home, Optional.ofNullable(timesSelected)), run);
    }
}
