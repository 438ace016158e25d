package io.rela.cli;

import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import picocli.CommandLine.Mixin;

/** A command of the program: options, what has to hold of them, and the request that they come to. One thread. */
abstract class Command {
    @Mixin
    CommonOptions common;

    /** Notes everything that is wrong with the options, before any work starts. */
    abstract void check(Problems problems);

    /** Makes a request of the options and has it done. */
    abstract CommandResult run(CommandRun run);

    /** Whether the same command goes on where this one is stopped. */
    boolean resumes() {
        return false;
    }
}
