package io.rela.table;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A bucket in memory as object stores are: an object appears when its stream is closed, and nothing can be renamed. */
final class ObjectStore extends FileSystem {
    private static final URI BUCKET = URI.create("store://bucket");

    private final Map<String, byte[]> objects = new TreeMap<>();
    private final Deque<byte[]> shown = new ArrayDeque<>();
    private Runnable beforeComplete = () -> {};

    /** Is run when a stream is closed, before its object appears; what it throws keeps the old one. */
    void beforeComplete(Runnable action) {
        beforeComplete = action;
    }

    /** What the next ones see who open an object, as if it had been replaced since they asked for its length; a refusal for nothing. */
    void show(byte[]... contents) {
        shown.addAll(List.of(contents));
    }

    Set<String> keys() {
        return objects.keySet();
    }

    @Override
    public URI getUri() {
        return BUCKET;
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
        ByteArrayOutputStream upload = new ByteArrayOutputStream() {
            @Override
            public void close() {
                beforeComplete.run();
                objects.put(path.toUri().getPath(), toByteArray());
            }
        };
        return new FSDataOutputStream(upload, null);
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        byte[] content = content(path);
        byte[] seen = shown.isEmpty() ? content : shown.pop();
        if (seen.length == 0) {
            throw new PathIOException(path.toString(), "412");
        }
        return new FSDataInputStream(new Content(seen));
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        return new FileStatus(content(path).length, false, 1, 1, 0, path);
    }

    private byte[] content(Path path) throws FileNotFoundException {
        byte[] content = objects.get(path.toUri().getPath());
        if (content == null) {
            throw new FileNotFoundException(path.toString());
        }
        return content;
    }

    @Override
    public boolean rename(Path from, Path to) {
        throw new UnsupportedOperationException("rename");
    }

    @Override
    public boolean delete(Path path, boolean recursive) {
        throw new UnsupportedOperationException("delete");
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
        throw new UnsupportedOperationException("append");
    }

    @Override
    public FileStatus[] listStatus(Path path) {
        throw new UnsupportedOperationException("list");
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) {
        return true;
    }

    @Override
    public void setWorkingDirectory(Path folder) {
        throw new UnsupportedOperationException("working directory");
    }

    @Override
    public Path getWorkingDirectory() {
        return new Path("store://bucket/");
    }

    private static final class Content extends FSInputStream {
        private final ByteArrayInputStream bytes;
        private final int length;

        Content(byte[] content) {
            bytes = new ByteArrayInputStream(content);
            length = content.length;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] into, int offset, int many) {
            return bytes.read(into, offset, many);
        }

        @Override
        public void seek(long position) {
            bytes.reset();
            bytes.skip(position);
        }

        @Override
        public long getPos() {
            return (long) length - bytes.available();
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }
    }
}
