package io.rela.table;

import com.fasterxml.jackson.core.type.TypeReference;
import io.rela.storage.PartUpload;
import io.rela.storage.UploadGoneException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file of a table that was uploaded to where it belongs, and does not show until it is completed. What is known of it stands in
 * the folder in which the table is made. Immutable.
 *
 * @param file where it belongs
 * @param upload completes it
 * @param bytes of it
 * @param rows number of rows
 * @param first smallest index of its rows; null for a table without an index, and for a file without rows
 * @param last largest index of its rows; null likewise
 */
public record PendingFile(String file, PartUpload.Handle upload, long bytes, long rows, Long first, Long last) {
    private static final String SUFFIX = ".upload";
    private static final TypeReference<PendingFile> TYPE = new TypeReference<>() {};

    /** What is known of the uploads of a table, in the order of the files' names. */
    public static List<PendingFile> in(FileSystem fs, Path folder) throws IOException {
        List<PendingFile> found = new ArrayList<>();
        for (FileStatus status : fs.listStatus(folder)) {
            if (status.getPath().getName().endsWith(SUFFIX)) {
                found.add(Json.read(fs, status.getPath(), TYPE));
            }
        }
        return found;
    }

    /** Where a file's upload is noted. */
    static Path note(Path folder, String name) {
        return new Path(folder, name + SUFFIX);
    }

    /** The name of the file that an entry of the folder is, or tells of. */
    static String fileOf(String entry) {
        return entry.endsWith(SUFFIX) ? entry.substring(0, entry.length() - SUFFIX.length()) : entry;
    }

    /** Whether an entry of the folder tells of an upload. */
    static boolean isOne(Path entry) {
        return entry.getName().endsWith(SUFFIX);
    }

    static PendingFile read(FileSystem fs, Path entry) throws IOException {
        return Json.read(fs, entry, TYPE);
    }

    /** The file's name. */
    public String name() {
        return new Path(file).getName();
    }

    /** Notes the upload in the folder in which the table is made. */
    void note(FileSystem fs, Path folder) throws IOException {
        Json.replace(fs, note(folder, name()), this);
    }

    /**
     * Makes the file visible; nothing changes where it is.
     *
     * @throws UploadGoneException when the upload is gone and the file is not there
     */
    public void complete(FileSystem fs) throws IOException {
        try {
            PartUpload.complete(fs, new Path(file), upload);
        } catch (FileNotFoundException e) {
            if (!isThere(fs)) {
                throw new UploadGoneException(file, e);
            }
        }
    }

    private boolean isThere(FileSystem fs) throws IOException {
        try {
            return fs.getFileStatus(new Path(file)).getLen() == bytes;
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    /** Ends the upload; a file that was completed goes. */
    void discard(FileSystem fs) throws IOException {
        PartUpload.abort(fs, new Path(file), upload);
        fs.delete(new Path(file), false);
    }
}
