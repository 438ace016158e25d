package io.rela.app;

import io.rela.settings.Problems;
import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** A command of the program. One thread. */
abstract class Command {
    @Mixin
    CommonOptions common;

    /** Notes everything that is wrong with the options, before any work starts. */
    abstract void check(Problems problems);

    /**
     * Does the work.
     *
     * @param out for what a person or a script asked for; progress goes to stderr
     */
    abstract Result run(PrintStream out);

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

    /**
     * How a command ended well.
     *
     * @param message one sentence
     * @param home the dataset home
     * @param record what was written or found: anything that JSON can show; null for nothing
     */
    record Result(String message, String home, Object record) {}
}
