package io.rela.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A table's folder while it is being written: tasks leave files of unique names in it, and the files of those attempts
 * that count are kept. Driver only.
 *
 * @param fs where it lies
 * @param path of the folder
 */
public record TableFolder(FileSystem fs, Path path) {
    /** Whether a file of this name, in the folder of a table, belongs to it: hidden ones do not. */
    public static boolean isPart(String name) {
        return name.endsWith(".parquet") && !name.startsWith(".") && !name.startsWith("_");
    }

    /** Deletes the folder, if it is there. */
    public TableFolder removed() {
        try {
            fs.delete(path, true);
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
                if (!kept.contains(status.getPath().getName())) {
                    fs.delete(status.getPath(), false);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
