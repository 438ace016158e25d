package io.rela.table;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A table's folder while it is being made: tasks leave files of unique names in it, or notes of files that they have uploaded to
 * where they belong, and the files of those attempts that count are kept. Driver only.
 *
 * @param fs where it lies
 * @param path of the folder
 * @param destination the folder to which files are uploaded and where they show when they are completed; empty for files that are
 *     written into the folder
 */
public record TableFolder(FileSystem fs, Path path, Optional<Path> destination) {
    /** A folder that files are written into. */
    public TableFolder(FileSystem fs, Path path) {
        this(fs, path, Optional.empty());
    }

    /** Whether a file of this name, in the folder of a table, belongs to it: hidden ones do not. */
    public static boolean isPart(String name) {
        return name.endsWith(".parquet") && !name.startsWith(".") && !name.startsWith("_");
    }

    /** What tasks are told of it. */
    public TablePlace place() {
        return new TablePlace(path.toString(), destination.map(Path::toString).orElse(null));
    }

    /** Deletes the folder, if it is there, with all that was uploaded for it. */
    public TableFolder removed() {
        try {
            discard(fs, path);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empties the folder, or makes it. */
    public TableFolder empty() {
        try {
            removed();
            fs.mkdirs(path);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes all files but these. */
    public void keepOnly(Collection<String> names) {
        Set<String> kept = new HashSet<>(names);
        try {
            for (FileStatus status : fs.listStatus(path)) {
                if (!kept.contains(PendingFile.fileOf(status.getPath().getName()))) {
                    delete(fs, status.getPath());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the upload of a file, if there is one. */
    void delete(String name) throws IOException {
        Path note = PendingFile.note(path, name);
        if (fs.exists(note)) {
            delete(fs, note);
        }
    }

    /**
     * Makes the files readable before they are committed: what was uploaded shows from now on.
     *
     * @return the folder that they lie in
     * @throws io.rela.storage.UploadGoneException when an upload is gone
     */
    public Path readable() throws IOException {
        if (destination.isPresent()) {
            complete();
        }
        return destination.orElse(path);
    }

    /** Makes visible what was uploaded; whether anything was. */
    public boolean complete() throws IOException {
        return PendingFile.completeAll(fs, path) > 0;
    }

    /** Deletes a folder in which tables are made, with all that was uploaded for them. */
    public static void discard(FileSystem fs, Path folder) throws IOException {
        try {
            discardUploads(fs, folder);
        } catch (FileNotFoundException e) {
            return;
        }
        fs.delete(folder, true);
    }

    private static void discardUploads(FileSystem fs, Path folder) throws IOException {
        for (FileStatus entry : fs.listStatus(folder)) {
            if (entry.isDirectory()) {
                discardUploads(fs, entry.getPath());
            } else if (PendingFile.isOne(entry.getPath())) {
                PendingFile.discard(fs, entry.getPath());
            }
        }
    }

    private static void delete(FileSystem fs, Path entry) throws IOException {
        if (PendingFile.isOne(entry)) {
            PendingFile.discard(fs, entry);
        }
        fs.delete(entry, false);
    }
}
