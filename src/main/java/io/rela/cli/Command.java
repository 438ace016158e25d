package io.rela.cli;

import io.rela.Flag;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command of the program: options, what has to hold of them, and the request that they come to. One thread. */
abstract class Command {
    @Mixin
    CommonOptions common;

    /** Notes everything that is wrong with the options, before any work starts. */
    abstract void check(Problems problems);

    /** Makes a request of the options and has it done. */
    abstract CommandResult run(CommandRun run);

    /** The dataset home that it works in; null where it has none. */
    String home() {
        return null;
    }

    /**
     * What the home keeps of this command after a failure, so that the same command goes on from there, as {@code keeps 3 of 10
     * waves}; empty for nothing, or where it cannot be read.
     */
    Optional<String> kept() {
        return Optional.empty();
    }

    /** Whether the same command goes on where this one is stopped. */
    boolean resumes() {
        return false;
    }

    /** Options that every command has. */
    static final class CommonOptions {
        @Option(
                names = Flag.CONFIG,
                paramLabel = "FILE",
                description =
                        "properties file with any of these options, KEY=VALUE without dashes; the command line wins")
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
    }
}
