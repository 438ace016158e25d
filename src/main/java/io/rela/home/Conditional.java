package io.rela.home;

import io.rela.table.TextFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writing a file only where it is still what it was, on stores whose client can ask for that: S3A since Hadoop 3.4.2. Stateless. */
final class Conditional {
    private static final String AVAILABLE = "fs.s3a.create.conditional.enabled";
    /** To refuse an existing file without it, S3A looks first and writes then. */
    private static final String IF_NONE = "fs.option.create.conditional.overwrite";

    private static final String IF_TAG = "fs.option.create.conditional.overwrite.etag";

    private Conditional() {}

    /** Whether it can be asked for, whatever the store makes of it. */
    static boolean isAvailable(FileSystem fs, Path file) throws IOException {
        return fs.hasPathCapability(file, AVAILABLE);
    }

    /**
     * Writes a file where there is none; where that cannot be asked for, it is looked at first.
     *
     * @throws IOException when there is one, of a kind that depends on the store
     */
    static void create(FileSystem fs, Path file, byte[] content) throws IOException {
        FSDataOutputStreamBuilder<?, ?> builder =
                fs.createFile(file).recursive().overwrite(false);
        if (isAvailable(fs, file)) {
            builder.opt(IF_NONE, true);
        }
        write(builder, content);
    }

    private static void write(FSDataOutputStreamBuilder<?, ?> builder, byte[] content) throws IOException {
        try (OutputStream out = builder.build()) {
            out.write(content);
        }
    }

    /**
     * A file as it was at a moment.
     *
     * @param exists whether it was there
     * @param tag by which the store tells its content from another; empty where it does not
     */
    record Seen(FileSystem fs, Path file, boolean exists, Optional<String> tag) {
        static Seen of(FileSystem fs, Path file) throws IOException {
            try {
                FileStatus status = fs.getFileStatus(file);
                return new Seen(
                        fs,
                        file,
                        true,
                        status instanceof EtagSource source ? Optional.ofNullable(source.getEtag()) : Optional.empty());
            } catch (FileNotFoundException e) {
                return new Seen(fs, file, false, Optional.empty());
            }
        }

        /**
         * Replaces it, as a whole or not at all, where it can be asked for only if nobody has since.
         *
         * @throws IOException when somebody has, or storage fails
         */
        void replace(String text) throws IOException {
            byte[] content = text.getBytes(StandardCharsets.UTF_8);
            if (!isAvailable(fs, file) || (exists && tag.isEmpty())) {
                TextFile.replace(fs, file, text);
            } else if (exists) {
                FSDataOutputStreamBuilder<?, ?> builder =
                        fs.createFile(file).recursive().overwrite(true);
                write(builder.opt(IF_TAG, tag.get()), content);
            } else {
                create(fs, file, content);
            }
        }
    }
}
