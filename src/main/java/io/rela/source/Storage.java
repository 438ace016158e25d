package io.rela.source;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
     */
    record Tree(List<Found> files, int deadLinks) {}

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
        FileSystem fileSystem = fileSystem(folder, configuration);
        List<Found> files = new ArrayList<>();
        int deadLinks = walk(fileSystem, folder, "", 0, hidden, files);
        return new Tree(files, deadLinks);
    }

    // Depth first: in a loop of links the limit is met at once, and not after every combination of links.
    private static int walk(
            FileSystem fileSystem, Path folder, String below, int depth, Predicate<String> hidden, List<Found> files)
            throws IOException {
        if (depth > MAX_DEPTH) {
            throw new SourceException("Folders are nested more than " + MAX_DEPTH + " deep at '" + folder
                    + "': remove the link that leads back to a folder above it");
        }
        FileStatus[] entries = fileSystem.listStatus(folder);
        Set<String> names = new HashSet<>();
        for (FileStatus entry : entries) {
            names.add(entry.getPath().getName());
        }
        int deadLinks = unreachable(folder, names, hidden);
        for (FileStatus entry : entries) {
            String name = entry.getPath().getName();
            if (hidden.test(name)) {
                continue;
            }
            if (entry.isDirectory()) {
                deadLinks += walk(fileSystem, entry.getPath(), below + name + "/", depth + 1, hidden, files);
            } else {
                files.add(new Found(below + name, entry));
            }
        }
        return deadLinks;
    }

    /**
     * Number of names in a local folder that Hadoop leaves out of a listing without a word: dead links.
     *
     * @param listed names that need no look, since Hadoop found them
     * @throws SourceException if names are left out since this JVM's encoding cannot spell them
     */
    static int unreachable(Path folder, Collection<String> listed, Predicate<String> hidden) {
        if (!"file".equals(folder.toUri().getScheme())) {
            return 0;
        }
        File local = new File(folder.toUri().getPath());
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

    /** Reads exactly so many bytes from the start of a file, and sees to it that there are no more. */
    static byte[] readWhole(String uri, long length, Configuration configuration) throws IOException {
        Path path = new Path(uri);
        byte[] bytes = allocate(uri, length);
        try (DataInputStream in = unbuffered(path, configuration)) {
            in.readFully(bytes);
            if (in.read() >= 0) {
                throw changed(uri, length, "more", null);
            }
            return bytes;
        } catch (EOFException e) {
            throw changed(uri, length, "less", e);
        }
    }

    /** A local file at once: Hadoop's stream of one, with its buffer and statistics, costs more than a small picture's read. */
    private static DataInputStream unbuffered(Path path, Configuration configuration) throws IOException {
        return fileSystem(path, configuration) instanceof LocalFileSystem local
                ? new DataInputStream(new FileInputStream(local.pathToFile(path)))
                : open(path, configuration);
    }

    static byte[] allocate(String uri, long length) throws IOException {
        if (length < 0 || length > Integer.MAX_VALUE - 16) {
            throw new IOException("'" + uri + "' has a picture of " + length + " bytes, more than an array holds");
        }
        return new byte[(int) length];
    }

    private static IOException changed(String uri, long length, String now, Throwable cause) {
        return new IOException(
                "'" + uri + "' had " + length + " bytes when it was listed and has " + now + " now", cause);
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
