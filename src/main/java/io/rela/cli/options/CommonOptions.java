package io.rela.cli.options;

import io.rela.Flag;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options that every command has. */
public final class CommonOptions {
    @Option(
            names = Flag.CONFIG,
            paramLabel = "FILE",
            description = "properties file with any of these options, KEY=VALUE without dashes; the command line wins")
    Path config;

    @Option(
            names = Flag.RESULT_FILE,
            paramLabel = "URI",
            description = "writes the result as one JSON object, of failures too, on any file system")
    String resultFile;

    @Option(names = Flag.VERBOSE, description = "prints the stack trace of a failure")
    boolean verbose;

    @Option(names = Flag.HELP, usageHelp = true, description = "prints this")
    boolean help;

    /** Where the result goes; null for nowhere. */
    public String resultFile() {
        return resultFile;
    }

    /** Whether a failure's stack trace is wanted. */
    public boolean isVerbose() {
        return verbose;
    }
}
