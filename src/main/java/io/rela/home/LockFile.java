package io.rela.home;

import com.fasterxml.jackson.core.type.TypeReference;
import io.rela.RelaException;
import io.rela.table.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The file of one lock, and the files around it. Holds nothing; safe for threads. */
final class LockFile {
    private static final TypeReference<LockOwner> OWNER = new TypeReference<>() {};
    private static final String ASIDE = ".aside-";
    private static final String TAKEOVER = ".takeover-";
    private static final int TRIES = 5;

    private final FileSystem fs;
    private final Path path;
    private final String what;
    private final LockStorage storage;

    /**
     * A lock, held or not.
     *
     * @param what it locks, as a person reads it
     */
    LockFile(FileSystem fs, Path path, String what) {
        this.fs = fs;
        this.path = path;
        this.what = what;
        this.storage = LockStorage.of(fs);
    }

    /**
     * What is there.
     *
     * @param owner null when the file cannot be read: half of it may be written
     * @param modified when it was written or touched last, in milliseconds of the storage's clock
     * @param length of the file, in bytes
     */
    record State(LockOwner owner, long modified, long length) {
        boolean isOf(LockOwner other) {
            return owner != null && owner.run().equals(other.run());
        }

        boolean isCommit() {
            return owner != null && owner.purpose() == LockOwner.Purpose.COMMIT;
        }

        /** Differs from that of every other lock, as far as it can. */
        String id() {
            return owner == null ? "unreadable-" + modified + "-" + length : owner.run();
        }

        /** Who holds it, as a person reads it. */
        String holder() {
            return owner == null
                    ? "a command that has not written its name yet"
                    : owner.command() + " (process " + owner.pid() + " on " + owner.host() + ")";
        }

        /** The end of a sentence. */
        String since() {
            return owner == null ? "" : ", since " + owner.since();
        }
    }

    Path path() {
        return path;
    }

    /** What it locks, as a person reads it. */
    String what() {
        return what;
    }

    /** What is there; empty when nothing is. */
    Optional<State> read() throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                FileStatus status = fs.getFileStatus(path);
                return Optional.of(new State(owner(), status.getModificationTime(), status.getLen()));
            } catch (FileNotFoundException e) {
                return Optional.empty();
            } catch (IOException e) {
                // An object store may refuse to read what is replaced meanwhile.
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    private LockOwner owner() throws IOException {
        try {
            LockOwner owner = Json.read(fs, path, OWNER);
            return owner == null || !owner.isWhole() ? null : owner;
        } catch (RelaException e) {
            return null;
        }
    }

    /**
     * Puts a lock in place, whole, unless one is there.
     *
     * @return whether it is there now
     */
    boolean put(LockOwner owner, LockWait wait) throws IOException {
        if (storage.put(fs, path, beside(ASIDE + UUID.randomUUID()), content(owner))) {
            wait.sleep(storage.settle(fs, beside(ASIDE + UUID.randomUUID())));
        }
        // Not what the storage said counts but what is there: an answer can be lost, a file be overwritten.
        return read().filter(state -> state.isOf(owner)).isPresent();
    }

    /** Makes the lock young. */
    void touch(LockOwner owner) throws IOException {
        storage.touch(fs, path, now(), content(owner));
    }

    /**
     * The storage's time: when a file was modified that is written for this. No other clock is compared with those of locks.
     *
     * @return milliseconds
     */
    long now() throws IOException {
        Path probe = beside(ASIDE + UUID.randomUUID());
        try {
            try (OutputStream out = fs.create(probe, true)) {
                out.write('\n');
            } catch (FSError e) {
                throw new IOException(e.getMessage(), e);
            }
            return fs.getFileStatus(probe).getModificationTime();
        } finally {
            discard(probe);
        }
    }

    /** Tries twice: what stays is in the way of others until it is old enough to be swept. */
    private void discard(Path probe) throws IOException {
        try {
            fs.delete(probe, false);
        } catch (IOException e) {
            fs.delete(probe, false);
        }
    }

    void delete() throws IOException {
        fs.delete(path, false);
    }

    /**
     * The lock of those who want to replace this one, when its owner is dead.
     *
     * @param dead the lock to replace
     * @param attempt counts the guards whose makers died as well, from 0 on
     */
    LockFile guard(State dead, int attempt) {
        return new LockFile(fs, beside(TAKEOVER + dead.id() + "-" + attempt), what);
    }

    /**
     * Deletes what commands that were killed have left around this lock.
     *
     * @param before leaves younger files alone: milliseconds of the storage's clock
     */
    void sweep(long before) throws IOException {
        for (FileStatus status : fs.listStatus(path.getParent(), this::isBeside)) {
            if (status.getModificationTime() < before) {
                fs.delete(status.getPath(), false);
            }
        }
    }

    private boolean isBeside(Path other) {
        return other.getName().startsWith(path.getName() + ASIDE)
                || other.getName().startsWith(path.getName() + TAKEOVER);
    }

    private Path beside(String end) {
        return new Path(path.getParent(), path.getName() + end);
    }

    private static byte[] content(LockOwner owner) {
        return Json.text(owner).getBytes(StandardCharsets.UTF_8);
    }
}
