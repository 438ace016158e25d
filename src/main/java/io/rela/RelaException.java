package io.rela;

/**
 * A failure that a person can mend: its message names the setting, the value and the repair, and its code is the
 * process's exit status.
 */
public final class RelaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    public RelaException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public RelaException(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The exit status that this failure asks for. */
    public ExitCode exitCode() {
        return exitCode;
    }

    /**
     * The failure of this kind nearest to the surface of {@code failure}; null when there is none. Spark wraps what a
     * task throws, in a local session as a cause.
     */
    public static RelaException in(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof RelaException rela) {
                return rela;
            }
        }
        return null;
    }
}
