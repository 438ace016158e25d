package io.rela.table;

import io.rela.storage.FileSystems;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Small files of UTF-8 text, replaced as a whole or not at all. Safe for threads. */
public final class TextFile {
    private static final Set<String> REPLACED_BY_RENAMING = Set.of("file", "hdfs", "viewfs");

    private TextFile() {}

    /**
     * Opens a file for reading.
     *
     * @throws FileNotFoundException when there is none. Local files that are there and cannot be opened, for too many are, are
     *     said not to be found as well, but not here
     */
    public static InputStream open(FileSystem fs, Path file) throws IOException {
        try {
            return fs.open(file);
        } catch (FileNotFoundException e) {
            if (fs.exists(file)) {
                throw new IOException(file + " cannot be opened: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    /** The same of a file that somebody named; beside a local one no checksum file stays behind. */
    public static void replace(String uri, String text, Configuration conf) throws IOException {
        Path file = new Path(uri);
        FileSystem fs = FileSystems.of(file, conf);
        replace(fs, fs.makeQualified(file), text);
    }

    /** Writes the file so that a reader sees the old text or the new one, nothing between. */
    public static void replace(FileSystem fs, Path file, String text) throws IOException {
        if (!REPLACED_BY_RENAMING.contains(fs.getUri().getScheme())) {
            // An object store shows a file when it is complete.
            write(fs, file, text);
            return;
        }
        Path written = new Path(file.getParent(), "." + file.getName() + ".new");
        write(fs, written, text);
        if (fs instanceof RawLocalFileSystem) {
            if (!fs.rename(written, file)) {
                throw new IOException(written + " could not be renamed to " + file);
            }
        } else {
            FileContext.getFileContext(fs.getUri(), fs.getConf())
                    .rename(fs.makeQualified(written), fs.makeQualified(file), Options.Rename.OVERWRITE);
        }
    }

    private static void write(FileSystem fs, Path file, String text) throws IOException {
        // Before the file is opened: closing it would replace the old text by none.
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = fs.create(file, true)) {
            out.write(content);
        } catch (FSError e) {
            // What Hadoop makes of a local disk that fails.
            throw new IOException(e.getMessage(), e);
        }
    }
}
