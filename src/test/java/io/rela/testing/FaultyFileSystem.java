package io.rela.testing;

import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system under a scheme of its own, which fails as it is told: {@code faulty:/tmp/a.jpg}. A process has one
 * plan; an executor's is what Hadoop's setting {@code fs.faulty.plan} names.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {
    private static final URI NAME = URI.create("faulty:///");
    private static final Map<String, Integer> OPENS = new ConcurrentHashMap<>();
    private static final ThreadLocal<Boolean> LISTING = ThreadLocal.withInitial(() -> false);
    private static volatile Plan plan = new Plan() {};

    /** What goes wrong; by itself nothing. Safe for threads. */
    public interface Plan {
        /**
         * A file is opened.
         *
         * @param time counts the openings of this file from 1
         */
        default void open(Path file, int time) throws IOException {}

        /** A file is created. */
        default void create(Path file) throws IOException {}

        /** A file is closed that was created. */
        default void complete(Path file) throws IOException {}

        /** A file or folder is asked for. */
        default void status(Path path) throws IOException {}

        /** A folder is listed. */
        default void list(Path folder) throws IOException {}

        /** Bytes that a stream gives before it breaks. */
        default long unbroken(Path file, int time) {
            return Long.MAX_VALUE;
        }

        /** Whether a stream that breaks looks as if the file ended there. */
        default boolean breaksSilently() {
            return false;
        }
    }

    /** From now on. */
    public static void fail(Plan how) {
        OPENS.clear();
        plan = how;
    }

    /** From now on nothing fails. */
    public static void heal() {
        fail(new Plan() {});
    }

    /** How often a file was opened since the plan was made. */
    public static int opens(Path file) {
        return OPENS.getOrDefault(file.toUri().getPath(), 0);
    }

    /** What a server says that has too much to do. */
    public static IOException busy(Path file) {
        return new IOException("open " + file + ": Please reduce your request rate (Status Code: 503)");
    }

    /** Half of all openings of such files fail; which ones, the seed decides. */
    public static Plan halfOfOpens(long seed, Predicate<Path> files) {
        return new Plan() {
            @Override
            public void open(Path file, int time) throws IOException {
                if (files.test(file) && (hash(seed, file, time) & 1) == 0) {
                    throw busy(file);
                }
            }
        };
    }

    /** Every opening of such files fails. */
    public static Plan everyOpen(Predicate<Path> files) {
        return new Plan() {
            @Override
            public void open(Path file, int time) throws IOException {
                if (files.test(file)) {
                    throw busy(file);
                }
            }
        };
    }

    /** Such files cannot be created, or not be closed. */
    public static Plan everyWriting(boolean created, Predicate<Path> files) {
        return new Plan() {
            @Override
            public void create(Path file) throws IOException {
                if (!created && files.test(file)) {
                    throw busy(file);
                }
            }

            @Override
            public void complete(Path file) throws IOException {
                if (files.test(file)) {
                    throw busy(file);
                }
            }
        };
    }

    /** Such files may not be read. */
    public static Plan denied(Predicate<Path> files) {
        return new Plan() {
            @Override
            public void open(Path file, int time) throws IOException {
                if (files.test(file)) {
                    throw new AccessControlException(
                            "Permission denied: user=nobody, inode=\"" + file + "\"\n\tat x.Y.z");
                }
            }
        };
    }

    /** Such files are listed and are not there. */
    public static Plan gone(Predicate<Path> files) {
        return new Plan() {
            @Override
            public void open(Path file, int time) throws IOException {
                status(file);
            }

            @Override
            public void status(Path path) throws IOException {
                if (files.test(path)) {
                    throw new FileNotFoundException("No such file or directory: " + path);
                }
            }
        };
    }

    /** Of two openings of such a file, one gives a stream that breaks in the middle. */
    public static Plan everyOtherStreamBreaks(boolean silently, Predicate<Path> files) {
        return new Plan() {
            @Override
            public long unbroken(Path file, int time) {
                return files.test(file) && time % 2 == 1 ? 100 : Long.MAX_VALUE;
            }

            @Override
            public boolean breaksSilently() {
                return silently;
            }
        };
    }

    private static long hash(long seed, Path file, int time) {
        CRC32 crc = new CRC32();
        crc.update((seed + " " + file.getName() + " " + time).getBytes(StandardCharsets.UTF_8));
        return crc.getValue() >> 7;
    }

    @Override
    public void initialize(URI uri, Configuration conf) throws IOException {
        super.initialize(uri, conf);
        if ("denied".equals(conf.get("fs.faulty.plan"))) {
            fail(denied(file -> file.getName().endsWith(".jpg")));
        }
    }

    @Override
    public String getScheme() {
        return NAME.getScheme();
    }

    @Override
    public URI getUri() {
        return NAME;
    }

    @Override
    public FSDataInputStream open(Path file, int bufferSize) throws IOException {
        Plan now = plan;
        int time = OPENS.merge(file.toUri().getPath(), 1, Integer::sum);
        now.open(file, time);
        FSDataInputStream in = super.open(file, bufferSize);
        long unbroken = now.unbroken(file, time);
        return unbroken == Long.MAX_VALUE
                ? in
                : new FSDataInputStream(new BreakingStream(in, unbroken, now.breaksSilently()));
    }

    @Override
    public FSDataOutputStream create(
            Path file, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        plan.create(file);
        return completing(file, super.create(file, overwrite, bufferSize, replication, blockSize, progress));
    }

    @Override
    public FSDataOutputStream create(
            Path file,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        plan.create(file);
        return completing(
                file, super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress));
    }

    private static FSDataOutputStream completing(Path file, FSDataOutputStream out) throws IOException {
        return new FSDataOutputStream(
                new FilterOutputStream(out) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        out.write(bytes, offset, length);
                    }

                    @Override
                    public void close() throws IOException {
                        out.close();
                        plan.complete(file);
                    }
                },
                null);
    }

    /** As HDFS, which makes no parents; Hadoop's local file system would copy. */
    @Override
    public boolean rename(Path from, Path to) throws IOException {
        return exists(to.getParent()) && super.rename(from, to);
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        if (!LISTING.get()) {
            plan.status(path);
        }
        return super.getFileStatus(path);
    }

    @Override
    public FileStatus[] listStatus(Path folder) throws IOException {
        plan.list(folder);
        LISTING.set(true);
        try {
            return super.listStatus(folder);
        } finally {
            LISTING.set(false);
        }
    }

    private static final class BreakingStream extends FSInputStream {
        private final FSDataInputStream in;
        private final boolean silently;
        private long left;

        BreakingStream(FSDataInputStream in, long unbroken, boolean silently) {
            this.in = in;
            this.left = unbroken;
            this.silently = silently;
        }

        @Override
        public synchronized int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0 && left == 0) {
                if (silently) {
                    return -1;
                }
                throw new IOException("Connection reset");
            }
            int read = in.read(bytes, offset, (int) Math.min(left, length));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public synchronized void seek(long position) throws IOException {
            in.seek(position);
        }

        @Override
        public synchronized long getPos() throws IOException {
            return in.getPos();
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
