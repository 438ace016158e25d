package io.rela.source;

import io.rela.storage.StorageException;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * What lies directly in one folder.
 *
 * <p>A local folder is read without Hadoop, which asks three times for each file, does not tell links from files, and leaves
 * out dead links without a word.
 */
final class Folder {
    /** What a name is, or leads to. */
    enum Kind {
        FILE,
        FOLDER,
        /** A pipe, a socket or a device, where reading would wait for ever. */
        SPECIAL,
        /** A link that leads to nothing that can be reached. */
        DEAD
    }

    /**
     * One name in a folder.
     *
     * @param parent the folder
     * @param name its last part
     * @param kind of it, or of what it leads to
     * @param length in bytes, of a file
     * @param outside real path that it leads to, where that must not be followed; else null
     */
    record Entry(Path parent, String name, Kind kind, long length, String outside) {
        Path path() {
            return new Path(parent, new Path(null, null, name));
        }

        boolean is(Kind other) {
            return kind == other;
        }

        Border.Crossing crossing() {
            return new Border.Crossing(path().toString(), outside);
        }
    }

    private final Path path;
    private final Configuration configuration;
    private final Border border;
    private final Predicate<String> hidden;

    Folder(Path path, Configuration configuration, Border border, Predicate<String> hidden) {
        this.path = path;
        this.configuration = configuration;
        this.border = border;
        this.hidden = hidden;
    }

    /**
     * Gives what is not hidden to the consumer, in no particular order, and keeps nothing of it.
     *
     * @throws SourceException if there are names that this JVM's encoding cannot spell
     */
    void read(Consumer<Entry> entries) throws StorageException {
        try {
            if (Storage.isLocal(path)) {
                readLocal(entries);
            } else {
                readAnywhere(entries);
            }
        } catch (IOException e) {
            throw StorageException.of(path.toString(), e);
        }
    }

    private void readAnywhere(Consumer<Entry> entries) throws IOException {
        RemoteIterator<FileStatus> found =
                Storage.fileSystem(path, configuration).listStatusIterator(path);
        while (found.hasNext()) {
            FileStatus status = found.next();
            String name = status.getPath().getName();
            if (!hidden.test(name)) {
                Kind kind = status.isDirectory() ? Kind.FOLDER : Kind.FILE;
                entries.accept(new Entry(path, name, kind, status.getLen(), null));
            }
        }
    }

    private void readLocal(Consumer<Entry> entries) throws IOException {
        File folder = Storage.local(path);
        List<String> unspelled = new ArrayList<>();
        try (DirectoryStream<java.nio.file.Path> found = Files.newDirectoryStream(folder.toPath())) {
            for (java.nio.file.Path file : found) {
                String name = file.getFileName().toString();
                if (hidden.test(name)) {
                    continue;
                }
                if (name.indexOf('\uFFFD') >= 0 && !new File(folder, name).exists()) {
                    unspelled.add(name);
                    continue;
                }
                readLocal(file, name, entries);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (!unspelled.isEmpty()) {
            throw Names.unspelled(path, unspelled);
        }
    }

    private void readLocal(java.nio.file.Path file, String name, Consumer<Entry> entries) throws IOException {
        BasicFileAttributes itself;
        try {
            itself = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            // Deleted since the folder was read.
            return;
        }
        if (!itself.isSymbolicLink()) {
            entries.accept(new Entry(path, name, kind(itself), itself.size(), null));
            return;
        }
        BasicFileAttributes target;
        try {
            target = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (FileSystemException e) {
            entries.accept(new Entry(path, name, Kind.DEAD, 0, null));
            return;
        }
        entries.accept(new Entry(
                path, name, kind(target), target.size(), border.crossedBy(file).orElse(null)));
    }

    private static Kind kind(BasicFileAttributes attributes) {
        return attributes.isDirectory() ? Kind.FOLDER : attributes.isRegularFile() ? Kind.FILE : Kind.SPECIAL;
    }
}
