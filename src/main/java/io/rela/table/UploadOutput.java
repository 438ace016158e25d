package io.rela.table;

import io.rela.storage.FileSystems;
import io.rela.storage.PartUpload;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A Parquet file that is uploaded while it is written, and does not show. One task's thread. */
final class UploadOutput implements OutputFile {
    /** Of S3's 10,000 parts the largest file has 80 GB; a writer holds one part. */
    private static final int PART_BYTES = 8 << 20;

    private final Path file;
    private final Configuration conf;
    private Stream stream;

    UploadOutput(Path file, Configuration conf) {
        this.file = file;
        this.conf = conf;
    }

    /** Where the file will be. */
    Path file() {
        return file;
    }

    /** What completes it, once it is written. */
    PartUpload.Handle handle() {
        return stream.upload.handle();
    }

    /** Bytes written. */
    long bytes() {
        return stream.getPos();
    }

    /** Ends the upload of a file that could not be written. */
    void abort() throws IOException {
        if (stream != null) {
            PartUpload.abort(FileSystems.of(file, conf), file, handle());
        }
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) throws IOException {
        stream = new Stream(PartUpload.begin(FileSystems.of(file, conf), file));
        return stream;
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
        return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }

    @Override
    public String getPath() {
        return file.toString();
    }

    private static final class Stream extends PositionOutputStream {
        private final PartUpload upload;
        private final byte[] part = new byte[PART_BYTES];
        private int filled;
        private long before;
        private boolean closed;

        Stream(PartUpload upload) {
            this.upload = upload;
        }

        @Override
        public long getPos() {
            return before + filled;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int left = length;
            while (left > 0) {
                if (filled == PART_BYTES) {
                    put(false);
                }
                int some = Math.min(left, PART_BYTES - filled);
                System.arraycopy(bytes, offset + length - left, part, filled, some);
                filled += some;
                left -= some;
            }
        }

        private void put(boolean last) throws IOException {
            upload.put(part, filled, last);
            before += filled;
            filled = 0;
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            try (upload) {
                put(true);
            }
        }
    }
}
