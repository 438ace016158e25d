package io.rela.cli;

import io.rela.Flag;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
            ReportCommand.class,
            TransportCommand.class,
            ProbeCommand.class,
            PruneCommand.class,
            BatchCommand.class,
            DemoCommand.class,
            RelaCommand.Completion.class
        })
final class RelaCommand {
    @Option(names = Flag.HELP, usageHelp = true, description = "prints this")
    boolean help;

    @Option(names = Flag.VERSION, versionHelp = true, description = "prints the version")
    boolean version;

    /** {@code completion}: a script for the shell; it starts no session. */
    @CommandLine.Command(
            name = "completion",
            description = "Prints a script by which a shell completes commands, options and their values.",
            footerHeading = "%nExamples:%n",
            footer = {"  rela completion bash", "  source <(rela completion bash)"},
            sortOptions = false)
    static final class Completion {
        @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
        Shell shell;

        @Option(names = Flag.HELP, usageHelp = true, description = "prints this")
        boolean help;
    }

    /** A shell that there is a script for; zsh takes it too, after {@code autoload -U +X bashcompinit && bashcompinit}. */
    enum Shell {
        BASH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
