package io.rela.source;

/**
 * The input is missing, unreadable, damaged or not what was asked for.
 *
 * <p>The message stands on its own: it names the value and what to do about it, so that a person needs no stack trace.
 */
public final class SourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SourceException(String message) {
        super(message);
    }

    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
