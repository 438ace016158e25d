package io.rela.cli;

import java.io.PrintStream;
import picocli.CommandLine.Mixin;

/** A command of the program. One thread. */
public abstract class Command {
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

    /**
     * How a command ended well.
     *
     * @param message one sentence
     * @param home the dataset home
     * @param record what was written or found: anything that JSON can show; null for nothing
     */
    public record Result(String message, String home, Object record) {}
}
