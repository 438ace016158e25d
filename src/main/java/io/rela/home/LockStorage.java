package io.rela.home;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * How a file is put where no other is: whole and never over another's, by whatever the storage has for that. Stateless.
 */
enum LockStorage {
    /** A file system of the machine: written aside, and linked to its name; where links are not supported, created there. */
    LINK,
    /** Hadoop's own: written aside, and renamed, which an existing target refuses. */
    RENAME,
    /** An object store: created where there is none. What is there has to be read back. */
    CREATE;

    /** On stores whose creation looks first and writes then, two may have looked before either wrote. */
    private static final Duration SETTLE = Duration.ofSeconds(1);

    private static final Set<String> REFUSES_EXISTING_TARGETS = Set.of("hdfs", "viewfs");
    /** Another command may remove the folder, when it was empty for a moment. */
    private static final int TRIES = 20;

    private static final int CREATIONS = 3;

    static LockStorage of(FileSystem fs) {
        if (fs instanceof RawLocalFileSystem) {
            return LINK;
        }
        return REFUSES_EXISTING_TARGETS.contains(fs.getUri().getScheme()) ? RENAME : CREATE;
    }

    /**
     * Puts the content at {@code file}, unless something is there: then nothing changes.
     *
     * @param aside an unused name beside it
     * @return whether the storage says that it did
     */
    boolean put(FileSystem fs, Path file, Path aside, byte[] content) throws IOException {
        return switch (this) {
            case LINK -> link((RawLocalFileSystem) fs, file, aside, content);
            case RENAME -> rename(fs, file, aside, content);
            case CREATE -> create(fs, file, content);
        };
    }

    /**
     * How long to wait until what is read back is what stays.
     *
     * @param aside an unused name in the same folder
     */
    Duration settle(FileSystem fs, Path aside) throws IOException {
        return this == CREATE && !refusesExisting(fs, aside) ? SETTLE : Duration.ZERO;
    }

    /** Whether the store heeds the condition that a file is not there. Not each store that is spoken to as S3 is does. */
    private static boolean refusesExisting(FileSystem fs, Path aside) throws IOException {
        if (!Conditional.isAvailable(fs, aside)) {
            return false;
        }
        byte[] content = {'\n'};
        write(fs, aside, content);
        try {
            Conditional.create(fs, aside, content);
            return false;
        } catch (PathIOException | org.apache.hadoop.fs.FileAlreadyExistsException refused) {
            return true;
        } catch (IOException unknown) {
            return false;
        } finally {
            discard(fs, aside);
        }
    }

    /** The lock is there by now: what stays beside it is swept when it is old enough. */
    private static void discard(FileSystem fs, Path aside) {
        try {
            fs.delete(aside, false);
        } catch (IOException e) {
            return;
        }
    }

    /**
     * Makes a file look as if it was written just now.
     *
     * @param now the storage's time, in milliseconds
     * @param content of the file
     */
    void touch(FileSystem fs, Path file, long now, byte[] content) throws IOException {
        if (this == CREATE) {
            write(fs, file, content);
        } else {
            // Of another's file, should one be there since, this changes nothing else.
            fs.setTimes(file, now, -1);
        }
    }

    private static boolean link(RawLocalFileSystem fs, Path file, Path aside, byte[] content) throws IOException {
        java.nio.file.Path target = fs.pathToFile(file).toPath();
        java.nio.file.Path source = fs.pathToFile(aside).toPath();
        try {
            writeAside(source, content);
            Files.createLink(target, source);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException | FileSystemException e) {
            return createExclusively(target, content, e);
        } finally {
            Files.deleteIfExists(source);
        }
    }

    private static void writeAside(java.nio.file.Path source, byte[] content) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                Files.createDirectories(source.getParent());
                Files.write(source, content, StandardOpenOption.CREATE_NEW);
                return;
            } catch (NoSuchFileException e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    private static boolean createExclusively(java.nio.file.Path target, byte[] content, Exception unlinked)
            throws IOException {
        try {
            Files.write(target, content, StandardOpenOption.CREATE_NEW);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            e.addSuppressed(unlinked);
            throw e;
        }
    }

    private static boolean rename(FileSystem fs, Path file, Path aside, byte[] content) throws IOException {
        boolean renamed = false;
        try {
            write(fs, aside, content);
            renamed = fs.rename(aside, file);
            return renamed;
        } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
            return false;
        } finally {
            if (!renamed) {
                fs.delete(aside, false);
            }
        }
    }

    private static boolean create(FileSystem fs, Path file, byte[] content) throws IOException {
        // Who waits asks often, and a refusal costs more than a look.
        if (fs.exists(file)) {
            return false;
        }
        for (int tries = 1; ; tries++) {
            try {
                Conditional.create(fs, file, content);
                return true;
            } catch (IOException e) {
                // A store that lets one of two writers win tells the other in words of its own.
                if (fs.exists(file)) {
                    return false;
                }
                // It may also refuse one who meets a deletion.
                if (tries == CREATIONS || !Conditional.isAvailable(fs, file)) {
                    throw e;
                }
            }
        }
    }

    private static void write(FileSystem fs, Path file, byte[] content) throws IOException {
        try (OutputStream out = fs.create(file, true)) {
            out.write(content);
        }
    }
}
