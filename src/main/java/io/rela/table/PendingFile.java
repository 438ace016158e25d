package io.rela.table;

import com.fasterxml.jackson.core.type.TypeReference;
import io.rela.storage.PartUpload;
import io.rela.storage.UploadGoneException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file of a table that was uploaded to where it belongs, and does not show until it is completed. What is known of it stands in
 * the folder in which the table is made. Immutable.
 *
 * @param file where it belongs
 * @param folder in which this was noted: what stands in another one is a copy, as homes are copied, and says nothing of its home
 * @param upload completes it
 * @param bytes of it
 * @param rows number of rows
 * @param first smallest index of its rows; null for a table without an index, and for a file without rows
 * @param last largest index of its rows; null likewise
 */
public record PendingFile(
        String file, String folder, PartUpload.Handle upload, long bytes, long rows, Long first, Long last) {
    private static final String SUFFIX = ".upload";
    private static final TypeReference<PendingFile> TYPE = new TypeReference<>() {};

    /** What is known of the uploads of a table, in the order of the files' names. */
    public static List<PendingFile> in(FileSystem fs, Path folder) throws IOException {
        List<Path> notes = Arrays.stream(fs.listStatus(folder))
                .map(FileStatus::getPath)
                .filter(PendingFile::isOne)
                .sorted()
                .toList();
        return atOnce(notes, note -> read(fs, note));
    }

    /**
     * Makes all uploads of a table visible.
     *
     * @return how many there are
     * @throws UploadGoneException when one is gone and its file is not there
     */
    static int completeAll(FileSystem fs, Path folder) throws IOException {
        return atOnce(in(fs, folder), file -> {
                    file.complete(fs, folder);
                    return file;
                })
                .size();
    }

    /** What is done with one of many. */
    private interface Work<T, R> {
        R of(T one) throws IOException;
    }

    /** Asks storage for many things side by side: each answer takes a while, and there may be thousands. */
    private static <T, R> List<R> atOnce(List<T> all, Work<T, R> work) throws IOException {
        try {
            return all.parallelStream()
                    .map(one -> {
                        try {
                            return work.of(one);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
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

    private static PendingFile read(FileSystem fs, Path entry) throws IOException {
        return Json.read(fs, entry, TYPE);
    }

    /** The file's name. */
    public String name() {
        return new Path(file).getName();
    }

    /** Notes the upload in the folder in which the table is made. */
    void note(FileSystem fs) throws IOException {
        Json.replace(fs, note(new Path(folder), name()), this);
    }

    private boolean wasNotedIn(FileSystem fs, Path place) {
        return folder != null && fs.makeQualified(new Path(folder)).equals(fs.makeQualified(place));
    }

    /**
     * Makes the file visible; nothing changes where it is.
     *
     * @throws UploadGoneException when the upload is gone and the file is not there
     */
    private void complete(FileSystem fs, Path place) throws IOException {
        if (!wasNotedIn(fs, place)) {
            throw new UploadGoneException(file, null);
        }
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

    /** Ends the upload that an entry of the folder tells of; a file that was completed goes. */
    static void discard(FileSystem fs, Path entry) throws IOException {
        PendingFile pending = read(fs, entry);
        if (pending.wasNotedIn(fs, entry.getParent())) {
            PartUpload.abort(fs, new Path(pending.file), pending.upload);
            fs.delete(new Path(pending.file), false);
        }
    }
}
