package io.rela;

/** What a command's process ends with; schedulers branch on these, so they never change. */
public enum ExitCode {
    /** Done, or nothing to do. */
    DONE(0),
    /** A failure nobody foresaw. */
    UNEXPECTED(1),
    /** Bad command line or settings. */
    SETTINGS(2),
    /** Input missing or unreadable. */
    INPUT(3),
    /** More rejects than allowed. */
    REJECTS(4),
    /** The home holds something else: settings differ, schema differs, damaged. */
    HOME(5),
    /** A device was asked for and is not there. */
    DEVICE(6),
    /** Another command holds the home: worth another try. */
    BUSY(7),
    /** A commit was begun and its end is not known: the next command completes it. */
    DOUBTFUL(8);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The process's exit status, 0 to 8. */
    public int code() {
        return code;
    }

    /** Whether the same command may end otherwise when it is tried again later. */
    public boolean isRetryable() {
        return this == UNEXPECTED || this == INPUT || this == BUSY || this == DOUBTFUL;
    }
}
