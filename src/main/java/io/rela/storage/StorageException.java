package io.rela.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.hadoop.security.AccessControlException;

/**
 * Storage did not give bytes that it should hold, or did not take some: a fault of the world, never a bad picture. Holds words
 * and no object of another library, so that it reaches the driver whole from wherever a task ran.
 */
public final class StorageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What storage says. */
    public enum Kind {
        /** There is no such file. */
        GONE,
        /** The file may not be read, or written, with these credentials. */
        DENIED,
        /** Anything else: a server, a network, a stream that broke off; another try may do. */
        UNAVAILABLE
    }

    /** The file, and what storage says of it. */
    private final String what;

    private final String words;
    private final Kind kind;

    private StorageException(String what, Kind kind, String words, String tried, StackTraceElement[] where) {
        super(what + tried + ": " + words);
        this.what = what;
        this.kind = kind;
        this.words = words;
        setStackTrace(where);
    }

    private static String said(Kind kind, String done) {
        return switch (kind) {
            case GONE -> " is gone";
            case DENIED -> " may not be " + done;
            case UNAVAILABLE -> " cannot be " + done;
        };
    }

    /**
     * Puts a name to a failure; one that has a name already keeps it.
     *
     * @param what could not be read: the uri of a picture, a folder or a file
     */
    public static StorageException of(String what, IOException failure) {
        return failure instanceof StorageException named ? named : of(what, kind(failure), failure);
    }

    public static StorageException of(String what, Kind kind, IOException failure) {
        return new StorageException(what + said(kind, "read"), kind, words(failure), "", failure.getStackTrace());
    }

    /**
     * Puts a name to a failure of writing; one that has a name already keeps it.
     *
     * @param what could not be written: the uri of a file
     */
    public static StorageException ofWriting(String what, IOException failure) {
        if (failure instanceof StorageException named) {
            return named;
        }
        // That a folder is not there says nothing of the file.
        Kind kind = kind(failure) == Kind.DENIED ? Kind.DENIED : Kind.UNAVAILABLE;
        String words = words(failure);
        String name = failure.getClass().getSimpleName();
        // By its name alone HDFS tells what a quota has refused from what else it refuses.
        boolean nameless = failure.getClass() != IOException.class && !words.startsWith(name);
        words = nameless ? name + ": " + words : words;
        return new StorageException(what + said(kind, "written"), kind, words, "", failure.getStackTrace());
    }

    /** The failure of storage nearest to the surface of {@code failure}. */
    public static Optional<StorageException> in(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof StorageException storage) {
                return Optional.of(storage);
            }
        }
        return Optional.empty();
    }

    /** The same failure, saying how many tries have met it. */
    StorageException triedTimes(int tries) {
        return tries == 1
                ? this
                : new StorageException(what, kind, words, ", tried " + tries + " times", getStackTrace());
    }

    /** What storage says of the file. */
    public Kind kind() {
        return kind;
    }

    /** Whether a failure says that a file is not there. */
    public static boolean saysGone(IOException failure) {
        return failure instanceof FileNotFoundException || failure instanceof NoSuchFileException;
    }

    private static Kind kind(IOException failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof AccessControlException || t instanceof AccessDeniedException) {
                return Kind.DENIED;
            }
        }
        return saysGone(failure) ? Kind.GONE : Kind.UNAVAILABLE;
    }

    // Of several lines the first: servers send stack traces of their own behind it.
    private static String words(IOException failure) {
        String message = failure.getMessage() == null
                ? ""
                : failure.getMessage().lines().findFirst().orElse("").strip();
        boolean onlyNames = failure instanceof FileSystemException named && named.getReason() == null;
        String name = failure.getClass().getSimpleName();
        if (message.isEmpty()) {
            return name;
        }
        return onlyNames ? name + " " + message : message;
    }
}
