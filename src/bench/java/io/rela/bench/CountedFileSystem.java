package io.rela.bench;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The local file system as {@code counted:/…}, which counts how often a process opens or creates a file. Safe for threads. */
public final class CountedFileSystem extends RawLocalFileSystem {
    static final String SCHEME = "counted";

    private static final AtomicLong OPENED = new AtomicLong();

    /** Since the process began. */
    static long opened() {
        return OPENED.get();
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    public FSDataInputStream open(Path file, int bufferSize) throws IOException {
        OPENED.incrementAndGet();
        return super.open(file, bufferSize);
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        OPENED.incrementAndGet();
        return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
    }
}
