package io.rela.testing;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.apache.hadoop.util.Progressable;

/** A local disk, as {@code quota:/…}, that takes a number of files and then says what HDFS says. Safe for threads. */
public final class QuotaFileSystem extends RawLocalFileSystem {
    private static final AtomicInteger LEFT = new AtomicInteger();

    /** Lets this many more files be created by all instances of this process. */
    public static void allow(int files) {
        LEFT.set(files);
    }

    @Override
    public String getScheme() {
        return "quota";
    }

    @Override
    public URI getUri() {
        return URI.create("quota:///");
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
        take();
        return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        take();
        return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    }

    private static void take() throws IOException {
        if (LEFT.getAndDecrement() <= 0) {
            throw new DSQuotaExceededException(1 << 20, 1 << 21);
        }
    }
}
