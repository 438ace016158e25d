package io.rela.cli;

import io.rela.cli.options.CommonOptions;
import io.rela.cli.options.Problems;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import java.util.Optional;
import picocli.CommandLine.Mixin;

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
}
