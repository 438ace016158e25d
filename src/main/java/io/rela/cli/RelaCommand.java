package io.rela.cli;

import io.rela.Flag;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The command line's root. */
@CommandLine.Command(
        name = "rela",
        description = "Turns image sets into representation targets, on Apache Spark.",
        subcommands = {
            ConvertCommand.class,
            DistillCommand.class,
            ScoreCommand.class,
            SelectCommand.class,
            InspectCommand.class,
            TransportCommand.class,
            ProbeCommand.class,
            PruneCommand.class,
            BatchCommand.class,
            DemoCommand.class
        })
final class RelaCommand {
    @Option(names = Flag.HELP, usageHelp = true, description = "prints this")
    boolean help;

    @Option(names = Flag.VERSION, versionHelp = true, description = "prints the version")
    boolean version;
}
