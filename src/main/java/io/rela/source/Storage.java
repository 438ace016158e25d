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
import java.util.List;
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
    record Found(String below, String uri, long length) {}

    /**
     * What a folder tree holds.
     *
     * @param files those that are not hidden, in no particular order
     * @param crossings links that must not be followed: those to folders, and those to files that somebody wants
     * @param deadLinks number of files that the local file system names but cannot reach
     * @param special number of pipes, sockets and devices
     */
    record Tree(List<Found> files, List<Border.Crossing> crossings, int deadLinks, int special) {
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

    /**
     * All files below a folder that are not hidden by their own name or by that of a folder on the way.
     *
     * @param wanted names of files that will be read, so that links in their place must not leave the border
     */
    static Tree walk(
            Path folder, Configuration configuration, Border border, Predicate<String> hidden, Predicate<String> wanted)
            throws IOException {
        Walk walk = new Walk(configuration, border, hidden, wanted);
        walk.visit(folder, "", 0);
        return new Tree(walk.files, walk.crossings, walk.deadLinks, walk.special);
    }

    private static final class Walk {
        private final Configuration configuration;
        private final Border border;
        private final Predicate<String> hidden;
        private final Predicate<String> wanted;
        private final List<Found> files = new ArrayList<>();
        private final List<Border.Crossing> crossings = new ArrayList<>();
        private int deadLinks;
        private int special;

        Walk(Configuration configuration, Border border, Predicate<String> hidden, Predicate<String> wanted) {
            this.configuration = configuration;
            this.border = border;
            this.hidden = hidden;
            this.wanted = wanted;
        }

        // Depth first: in a loop of links the limit is met at once, and not after every combination of links.
        void visit(Path folder, String below, int depth) throws IOException {
            if (depth > MAX_DEPTH) {
                throw new SourceException("Folders are nested more than " + MAX_DEPTH + " deep at '" + folder
                        + "': remove the link that leads back to a folder above it");
            }
            List<Folder.Entry> folders = new ArrayList<>();
            new Folder(folder, configuration, border, hidden).read(entry -> add(entry, below, folders));
            for (Folder.Entry inner : folders) {
                visit(inner.path(), below + inner.name() + "/", depth + 1);
            }
        }

        private void add(Folder.Entry entry, String below, List<Folder.Entry> folders) {
            switch (entry.kind()) {
                case DEAD -> deadLinks++;
                case SPECIAL -> special++;
                case FILE -> {
                    if (entry.outside() != null && wanted.test(entry.name())) {
                        crossings.add(entry.crossing());
                    } else {
                        files.add(new Found(below + entry.name(), entry.path().toString(), entry.length()));
                    }
                }
                case FOLDER -> {
                    if (entry.outside() != null) {
                        crossings.add(entry.crossing());
                    } else {
                        folders.add(entry);
                    }
                }
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

    static boolean isLocal(Path path) {
        return "file".equals(path.toUri().getScheme());
    }

    static File local(Path path) {
        return new File(path.toUri().getPath());
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
