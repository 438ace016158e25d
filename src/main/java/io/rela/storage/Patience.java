package io.rela.storage;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/**
 * How often storage is asked again before its failure counts. Pauses double up to a limit: a server that is too busy needs
 * time. Immutable; safe for threads.
 *
 * @param tries at most, at least 1
 * @param firstPause milliseconds before the second try, 0 or more
 * @param longestPause milliseconds between two tries, at most
 */
public record Patience(int tries, long firstPause, long longestPause) implements Serializable {
    /** Hadoop's setting for the number of tries. */
    public static final String TRIES = "rela.storage.tries";

    /** Hadoop's setting for the first pause, in milliseconds. */
    public static final String PAUSE = "rela.storage.pause";

    /** Waits on the thread that calls it. */
    public static final Pause SLEEP = millis -> {
        Thread.sleep(millis);
        return true;
    };

    private static final int USUAL_TRIES = 12;
    private static final long USUAL_PAUSE = 200;
    private static final long LONGEST_PAUSE = 5_000;

    public Patience {
        if (tries < 1 || firstPause < 0 || longestPause < 0) {
            throw new IllegalArgumentException("Storage has to be asked at least once, with pauses of 0 or more: "
                    + tries + " tries, pauses of " + firstPause + " to " + longestPause + " ms");
        }
    }

    /** One try. */
    @FunctionalInterface
    public interface Read<T> {
        /** Begins from the start, whatever the try before has left. */
        T read() throws IOException;
    }

    /** How to wait between two tries. */
    @FunctionalInterface
    public interface Pause {
        /**
         * Waits.
         *
         * @return whether another try is still wanted
         */
        boolean pause(long millis) throws InterruptedException;
    }

    /** As the configuration has it: 12 tries in 36 seconds where nothing else is said. */
    public static Patience of(Configuration configuration) {
        return new Patience(
                Math.max(1, configuration.getInt(TRIES, USUAL_TRIES)),
                Math.max(0, configuration.getLong(PAUSE, USUAL_PAUSE)),
                LONGEST_PAUSE);
    }

    /**
     * Reads, and tries again while that may help: neither where a file is gone nor where it may not be read.
     *
     * @throws IOException the failure of the last try
     */
    public <T> T read(Read<T> read, Pause pause) throws IOException {
        long millis = firstPause;
        for (int tried = 1; ; tried++) {
            try {
                return read.read();
            } catch (IOException e) {
                boolean hopeless =
                        e instanceof StorageException known && known.kind() != StorageException.Kind.UNAVAILABLE;
                if (hopeless || tried == tries || !waited(millis, pause)) {
                    throw e instanceof StorageException known ? known.triedTimes(tried) : e;
                }
            }
            millis = Math.min(2 * millis, longestPause);
        }
    }

    private static boolean waited(long millis, Pause pause) {
        try {
            return pause.pause(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
