package io.rela.app;

import io.rela.settings.Problems;
import java.io.PrintStream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code inspect}: prints what a dataset home holds; fails if an invariant does not hold. */
@CommandLine.Command(
        name = "inspect",
        description = "Prints a dataset home's manifest, counts and invariants; fails if one does not hold.",
        sortOptions = false)
final class InspectCommand extends Command {
    @Option(names = "--home", required = true, paramLabel = "URI", description = "the dataset home")
    String home;

    @Option(
            names = "--times-selected",
            paramLabel = "URI",
            description = "writes a Parquet table of index and times_selected, over the subsets that are there")
    String timesSelected;

    @Override
    void check(Problems problems) {
        Inputs.check(problems, "--home", home);
        Inputs.checkNew(problems, "--times-selected", timesSelected);
    }

    @Override
    String home() {
        return home;
    }

    @Override
    Result run(PrintStream out) {
        SparkSession session = Sessions.start("inspect");
        return new Inspection(session, home, timesSelected, out).run();
    }
}
