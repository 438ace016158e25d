package io.rela.source;

import io.rela.storage.StorageException;
import java.io.IOException;

/**
 * Fetches the encoded bytes of samples.
 *
 * <p>Lives in one task: made there by {@link ImageSource#reader()}, closed when the task ends. Safe for several threads at
 * once, but closed only when none of them reads any more. Reading in ascending order of index is fastest; any order is
 * right.
 */
public interface SampleReader extends AutoCloseable {
    /** Length in bytes of the longest picture that can be read. */
    int MOST_BYTES = Integer.MAX_VALUE - 16;

    /**
     * Reads one encoded picture: once, whoever calls decides how often to try.
     *
     * @return {@code sample.length()} bytes; an array of length 0 for a sample without bytes
     * @throws StorageException if storage fails
     * @throws SourceException if storage holds something else than when the source was listed, or a picture of more than
     *     {@link #MOST_BYTES}
     */
    byte[] read(Sample sample) throws StorageException;

    /** Closes all files; nothing can be read afterwards. */
    @Override
    void close() throws IOException;
}
