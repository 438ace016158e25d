package io.rela.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.StreamCapabilities;

/** A Hadoop stream as the channel that Commons Compress reads headers from. One thread. */
final class ShardChannel implements SeekableByteChannel {
    // Object stores answer a far seek with a new request of some 50 ms; skipping one picture costs less.
    private static final long READ_AHEAD = 4L << 20;

    private final FSDataInputStream in;
    private final long size;
    private long position;
    private boolean open = true;
    private IOException failure;

    ShardChannel(FSDataInputStream in, long size) throws IOException {
        this.in = in;
        this.size = size;
        if (in.hasCapability(StreamCapabilities.READAHEAD)) {
            in.setReadahead(READ_AHEAD);
        }
    }

    /** What storage threw, null if it never did: tells a broken connection from a broken tar. */
    IOException failure() {
        return failure;
    }

    // Fills the buffer: Commons Compress takes a short header for the end of the archive.
    @Override
    public int read(ByteBuffer target) throws IOException {
        int wanted = (int) Math.min(target.remaining(), size - position);
        if (wanted <= 0) {
            return target.hasRemaining() ? -1 : 0;
        }
        byte[] bytes = new byte[wanted];
        try {
            in.seek(position);
            in.readFully(bytes);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        target.put(bytes);
        position += wanted;
        return wanted;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long newSize) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws IOException {
        open = false;
        in.close();
    }
}
