package io.rela.source;

/** What becomes of symbolic links that lead out of the input; those that stay inside are always followed. */
public enum Links {
    /** The command ends: whoever can write to the input could have any file read that the command may read. */
    INSIDE,
    /** They are followed. */
    FOLLOW
}
