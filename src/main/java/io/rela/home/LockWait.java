package io.rela.home;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How a command waits for the locks of others. Immutable; safe for threads where {@code tell} is.
 *
 * @param patience how long it waits for another's work, 0 for not at all; the short lock of a commit, another's or its own, it
 *     waits for {@link #COMMIT} at least
 * @param tell takes a sentence on what it waits for, once for each lock
 * @param time that passes while it waits
 */
public record LockWait(Duration patience, Consumer<String> tell, Time time) {
    /** How long everybody waits where a commit is the reason: many times what one takes. */
    static final Duration COMMIT = Duration.ofSeconds(60);

    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    /** The lock of a commit is gone before a person has read about it. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** The passing of time. */
    public interface Time {
        /** The time of the machine. */
        Time REAL = new Time() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                Thread.sleep(duration.toMillis());
            }
        };

        /** Nanoseconds since some moment. */
        long nanos();

        /** Waits. */
        void sleep(Duration duration) throws InterruptedException;
    }

    /** Waits for nobody's work. */
    public static LockWait none() {
        return new LockWait(Duration.ZERO, said -> {}, Time.REAL);
    }

    /** The wait for one lock begins. */
    Turn turn(LockFile file, LockOwner me) {
        return new Turn(this, file, me);
    }

    void sleep(Duration duration) {
        if (duration.isZero()) {
            return;
        }
        try {
            time.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    /** One command's wait for one lock. One thread. */
    static final class Turn {
        private final LockWait wait;
        private final LockFile file;
        private final LockOwner me;
        private final long start;
        private Duration pause = SHORTEST;
        private boolean told;

        private Turn(LockWait wait, LockFile file, LockOwner me) {
            this.wait = wait;
            this.file = file;
            this.me = me;
            this.start = wait.time.nanos();
        }

        /**
         * Waits a moment for the holder of the lock.
         *
         * @throws RelaException when it has waited for as long as it may
         */
        void await(LockFile.State held) {
            boolean commit = me.purpose() == LockOwner.Purpose.COMMIT || held.isCommit();
            Duration most = commit && wait.patience.compareTo(COMMIT) < 0 ? COMMIT : wait.patience;
            Duration left = most.minus(waited());
            if (left.isNegative() || left.isZero()) {
                throw new RelaException(
                        ExitCode.BUSY,
                        "busy: " + held.holder() + " holds " + file.what() + held.since() + "; try again, or wait with "
                                + Flag.WAIT_LOCK + " SECONDS");
            }
            if (!told && (!held.isCommit() || waited().compareTo(QUIET) >= 0)) {
                told = true;
                wait.tell.accept("waiting for " + file.what() + ", which " + held.holder() + " holds" + held.since());
            }
            wait.sleep(pause.compareTo(left) < 0 ? pause : left);
            lengthen();
        }

        /**
         * Waits a moment while another command takes over the lock of one that is dead.
         *
         * @throws IOException when that does not end
         */
        void moment() throws IOException {
            if (waited().compareTo(wait.patience.plus(HomeLock.SILENCE.multipliedBy(2))) > 0) {
                throw new IOException("The lock " + file.path() + " is held by nobody and cannot be taken.");
            }
            wait.sleep(pause);
            lengthen();
        }

        private Duration waited() {
            return Duration.ofNanos(wait.time.nanos() - start);
        }

        private void lengthen() {
            Duration longer = pause.multipliedBy(3).dividedBy(2);
            pause = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
        }
    }
}
