package io.rela.testing;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.apache.hadoop.util.Progressable;

/** A local disk, as {@code quota:/…}, that says of some files what HDFS says of all once a quota is used up. Safe for threads. */
public final class QuotaFileSystem extends RawLocalFileSystem {
    private static volatile String refused;

    /** Lets no instance of this process create files whose path contains this; null for none. */
    public static void refuse(String part) {
        refused = part;
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
        refuse(path);
        return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        refuse(path);
        return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    }

    private static void refuse(Path path) throws IOException {
        String part = refused;
        if (part != null && path.toString().contains(part)) {
            throw new DSQuotaExceededException(1 << 20, 1 << 21);
        }
    }
}
