package io.rela.home;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Keeps two commands from doing the same work: a file that names its owner and is touched every {@value #BEAT_SECONDS} seconds. It appears
 * whole, and is alive while it is young by the storage's own clock, whoever looks at it; only where the owner's process is
 * known to have ended is it dead at once. Of several that find it dead one replaces it. Driver only.
 */
final class HomeLock implements AutoCloseable {
    /** A lock that was not touched for longer is dead. */
    static final Duration SILENCE = Duration.ofSeconds(60);

    private static final int BEAT_SECONDS = 15;
    /** A lock that its owner did not touch for longer is lost for the owner: others may be about to find it dead. */
    private static final Duration LOST = SILENCE.minusSeconds(BEAT_SECONDS);

    private final LockFile file;
    private final LockOwner me;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "rela-lock");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean lost;

    private HomeLock(LockFile file, LockOwner me) {
        this.file = file;
        this.me = me;
    }

    /**
     * Takes the lock, and waits for it where it may.
     *
     * @throws RelaException when another command holds it, with {@link ExitCode#BUSY}
     * @throws IOException when the storage cannot be written
     */
    static HomeLock take(LockFile file, LockOwner me, LockWait wait) throws IOException {
        LockWait.Turn turn = wait.turn(file, me);
        while (!file.put(me, wait)) {
            Optional<LockFile.State> found = file.read();
            if (found.isEmpty()) {
                turn.moment();
            } else if (!isDead(file, found.get())) {
                turn.await(found.get());
            } else if (takeOver(file, found.get(), me, wait)) {
                break;
            } else {
                turn.moment();
            }
        }
        HomeLock lock = new HomeLock(file, me);
        var unused = lock.heart.scheduleWithFixedDelay(lock::beat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
        lock.sweep();
        return lock;
    }

    /**
     * Waits, where it may, until nobody holds the lock for its whole work.
     *
     * @throws RelaException when somebody does, with {@link ExitCode#BUSY}
     */
    static void awaitNoWork(LockFile file, LockOwner me, LockWait wait) throws IOException {
        LockWait.Turn turn = wait.turn(file, me);
        while (true) {
            Optional<LockFile.State> found = file.read();
            if (found.isEmpty() || found.get().isCommit() || isDead(file, found.get())) {
                return;
            }
            turn.await(found.get());
        }
    }

    private static boolean isDead(LockFile file, LockFile.State found) throws IOException {
        return (found.owner() != null && found.owner().isGone()) || isSilent(file, found, SILENCE);
    }

    private static boolean isSilent(LockFile file, LockFile.State found, Duration longest) throws IOException {
        return file.now() - found.modified() > longest.toMillis();
    }

    /**
     * Replaces the lock of the dead, unless another command is about to, or has. Whoever does holds a guard that is named after
     * the dead one; a guard that is old itself is left behind, and the next one counts.
     */
    private static boolean takeOver(LockFile file, LockFile.State dead, LockOwner me, LockWait wait)
            throws IOException {
        int attempt = 0;
        LockFile guard = file.guard(dead, attempt);
        while (!guard.put(me, wait)) {
            Optional<LockFile.State> other = guard.read();
            if (other.isEmpty() || !isDead(guard, other.get())) {
                return false;
            }
            guard = file.guard(dead, ++attempt);
        }
        try {
            // Another one may have been here between the look at the lock and the guard.
            Optional<LockFile.State> again = file.read();
            if (again.isEmpty() || !again.get().id().equals(dead.id()) || !isDead(file, again.get())) {
                return false;
            }
            file.delete();
            return file.put(me, wait);
        } finally {
            for (; attempt >= 0; attempt--) {
                file.guard(dead, attempt).delete();
            }
        }
    }

    /**
     * Makes sure, before anything becomes visible, that nobody has taken this lock for that of the dead, nor will soon.
     *
     * @throws RelaException when it is lost, with {@link ExitCode#BUSY}
     */
    void requireHeld() throws IOException {
        if (!isHeld()) {
            throw new RelaException(
                    ExitCode.BUSY,
                    "busy: this command has lost " + file.what() + ": its lock was taken over or silent for more than "
                            + LOST.toSeconds() + " s. Nothing has become visible; try again");
        }
        file.touch(me);
    }

    /** Whether the lock is still this command's own. */
    boolean isHeld() throws IOException {
        if (!lost) {
            Optional<LockFile.State> found = file.read();
            lost = found.isEmpty() || !found.get().isOf(me) || isSilent(file, found.get(), LOST);
        }
        return !lost;
    }

    /** Touches the lock, if it is still this command's own. */
    void beat() {
        try {
            if (isHeld()) {
                file.touch(me);
            }
        } catch (IOException | RuntimeException e) {
            // The next beat may reach the storage again; the work itself will notice if it stays away.
            return;
        }
    }

    /** What the dead have left costs a look, and no command fails by it. */
    private void sweep() {
        try {
            file.sweep(file.now() - SILENCE.toMillis());
        } catch (IOException | RuntimeException e) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        heart.shutdown();
        try {
            if (!heart.awaitTermination(1, TimeUnit.MINUTES)) {
                heart.shutdownNow();
            }
        } catch (InterruptedException e) {
            heart.shutdownNow();
            Thread.currentThread().interrupt();
        }
        if (isHeld()) {
            file.delete();
        }
    }
}
