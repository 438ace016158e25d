package io.rela.source;

import io.rela.Flag;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What this package asks of Hadoop's file systems.
 *
 * <p>A path as text is always {@link Path#toString()}: nothing in it is percent-encoded, and {@code new Path(text)} gives
 * the same path again, whatever characters its names have.
 */
final class Storage {
    /** Below the 40 links that Linux follows in one path, so that a loop is an error and not files that seem to vanish. */
    static final int MAX_DEPTH = 32;

    private Storage() {}

    /** A file with its path below the folder that was searched, with '/' between the parts. */
    record Found(String below, FileStatus status) {}

    /**
     * What a folder tree holds.
     *
     * @param files those that are not hidden, in no particular order
     * @param deadLinks number of files that the local file system names but cannot reach
     * @param special number of pipes, sockets and devices
     */
    record Tree(List<Found> files, int deadLinks, int special) {
        /** Counts what was left out, for warnings. */
        void warn(Consumer<String> warnings) {
            Storage.warn(deadLinks, special, warnings);
        }
    }

    /** A sentence for each kind of names that were left out. */
    static void warn(long deadLinks, long special, Consumer<String> warnings) {
        if (deadLinks > 0) {
            warnings.accept("Names that lead to no file (dead links?), left out: " + deadLinks);
        }
        if (special > 0) {
            warnings.accept("Pipes, sockets and devices, left out: " + special);
        }
    }

    static FileSystem fileSystem(Path path, Configuration configuration) throws IOException {
        return path.getFileSystem(configuration);
    }

    /**
     * Opens a file to read.
     *
     * <p>Local files without Hadoop's checksum layer: it looks for a second file each time, and cannot spell the name of
     * that one where there is a colon in it.
     */
    static FSDataInputStream open(Path path, Configuration configuration) throws IOException {
        FileSystem fileSystem = fileSystem(path, configuration);
        return fileSystem instanceof ChecksumFileSystem checked
                ? checked.getRawFileSystem().open(path)
                : fileSystem.open(path);
    }

    /** All files below a folder that are not hidden by their own name or by that of a folder on the way. */
    static Tree walk(Path folder, Configuration configuration, Predicate<String> hidden) throws IOException {
        Walk walk = new Walk(fileSystem(folder, configuration), hidden);
        walk.visit(folder, "", 0);
        return new Tree(walk.files, walk.deadLinks, walk.special);
    }

    private static final class Walk {
        private final FileSystem fileSystem;
        private final Predicate<String> hidden;
        private final List<Found> files = new ArrayList<>();
        private int deadLinks;
        private int special;

        Walk(FileSystem fileSystem, Predicate<String> hidden) {
            this.fileSystem = fileSystem;
            this.hidden = hidden;
        }

        // Depth first: in a loop of links the limit is met at once, and not after every combination of links.
        void visit(Path folder, String below, int depth) throws IOException {
            if (depth > MAX_DEPTH) {
                throw new SourceException("Folders are nested more than " + MAX_DEPTH + " deep at '" + folder
                        + "': remove the link that leads back to a folder above it");
            }
            FileStatus[] entries = entries(folder);
            Set<String> names = new HashSet<>();
            for (FileStatus entry : entries) {
                names.add(entry.getPath().getName());
            }
            deadLinks += unreachable(folder, names, hidden);
            for (FileStatus entry : entries) {
                String name = entry.getPath().getName();
                if (hidden.test(name)) {
                    continue;
                }
                if (entry.isDirectory()) {
                    visit(entry.getPath(), below + name + "/", depth + 1);
                } else if (isSpecial(entry)) {
                    special++;
                } else {
                    files.add(new Found(below + name, entry));
                }
            }
        }

        private FileStatus[] entries(Path folder) throws StorageException {
            try {
                return fileSystem.listStatus(folder);
            } catch (IOException e) {
                throw StorageException.of(folder.toString(), e);
            }
        }
    }

    /** Whether this is a pipe, a socket or a device, which Hadoop takes for an empty file and where reading would wait for ever. */
    static boolean isSpecial(FileStatus status) {
        return !status.isDirectory()
                && status.getLen() == 0
                && isLocal(status.getPath())
                && !Files.isRegularFile(local(status.getPath()).toPath());
    }

    private static boolean isLocal(Path path) {
        return "file".equals(path.toUri().getScheme());
    }

    private static File local(Path path) {
        return new File(path.toUri().getPath());
    }

    /**
     * Number of names in a local folder that Hadoop leaves out of a listing without a word: dead links.
     *
     * @param listed names that need no look, since Hadoop found them
     * @throws SourceException if names are left out since this JVM's encoding cannot spell them
     */
    static int unreachable(Path folder, Collection<String> listed, Predicate<String> hidden) {
        if (!isLocal(folder)) {
            return 0;
        }
        File local = local(folder);
        String[] names = local.list();
        if (names == null) {
            return 0;
        }
        List<String> missing = Arrays.stream(names)
                .filter(name -> !listed.contains(name) && !hidden.test(name) && !new File(local, name).exists())
                .toList();
        if (missing.stream().anyMatch(name -> name.indexOf('\uFFFD') >= 0)) {
            throw new SourceException("Names in '" + folder + "' cannot be spelled in this JVM's encoding "
                    + System.getProperty("sun.jnu.encoding")
                    + ": set LC_ALL=C.UTF-8 for driver and executors, or rename " + Names.some(missing));
        }
        return missing.size();
    }

    /**
     * Reads something of one file.
     *
     * @param what the picture's name in a message
     * @throws StorageException whatever storage throws, by its kind: that a file is gone counts only when storage says so
     *     again
     */
    static <T> T reading(String what, Path file, Configuration configuration, Patience.Read<T> read)
            throws StorageException {
        try {
            return read.read();
        } catch (IOException e) {
            throw StorageException.saysGone(e) ? asked(what, file, configuration, e) : StorageException.of(what, e);
        }
    }

    // Java and Hadoop say of a local file that it is not found when it may not be read, or too many files are open.
    private static StorageException asked(String what, Path file, Configuration configuration, IOException failure) {
        try {
            if (isLocal(file)) {
                Files.newInputStream(local(file).toPath()).close();
            } else {
                fileSystem(file, configuration).getFileStatus(file);
            }
            return StorageException.of(what, StorageException.Kind.UNAVAILABLE, failure);
        } catch (NoSuchFileException | FileNotFoundException e) {
            return StorageException.of(what, StorageException.Kind.GONE, failure);
        } catch (IOException e) {
            return StorageException.of(what, e);
        }
    }

    /** Reads exactly so many bytes from the start of a file, and sees to it that there are no more. */
    static byte[] readWhole(String uri, long length, Configuration configuration) throws IOException {
        Path path = new Path(uri);
        byte[] bytes = allocate(uri, length);
        try (DataInputStream in = unbuffered(path, configuration)) {
            in.readFully(bytes);
            if (in.read() >= 0) {
                throw changed(uri, length, "more");
            }
            return bytes;
        } catch (EOFException e) {
            throw brokenOff(path, length, configuration, e);
        }
    }

    /** A stream that ends too early: a connection that broke, unless the file itself is shorter. */
    private static IOException brokenOff(Path path, long length, Configuration configuration, EOFException end)
            throws IOException {
        long now = fileSystem(path, configuration).getFileStatus(path).getLen();
        if (now != length) {
            throw changed(path.toString(), length, Long.toString(now));
        }
        return new IOException("its stream ended before its " + length + " bytes did", end);
    }

    /** A local file at once: Hadoop's stream of one, with its buffer and statistics, costs more than a small picture's read. */
    private static DataInputStream unbuffered(Path path, Configuration configuration) throws IOException {
        return fileSystem(path, configuration) instanceof LocalFileSystem local
                ? new DataInputStream(new FileInputStream(local.pathToFile(path)))
                : open(path, configuration);
    }

    static byte[] allocate(String uri, long length) {
        if (length < 0 || length > SampleReader.MOST_BYTES) {
            throw new SourceException("'" + uri + "' has a picture of " + length + " bytes, more than an array holds");
        }
        return new byte[(int) length];
    }

    static SourceException changed(String uri, long length, String now) {
        return new SourceException("'" + uri + "' had " + length + " bytes when it was listed and has " + now
                + " now: the input has changed. Put the old file back, or convert again with " + Flag.IF_EXISTS
                + " overwrite");
    }

    /** The status of a path, null when there is none. */
    static FileStatus statusOrNull(Path path, Configuration configuration) throws IOException {
        try {
            return fileSystem(path, configuration).getFileStatus(path);
        } catch (FileNotFoundException e) {
            return null;
        }
    }
}
