package io.rela.source;

import java.io.IOException;

/**
 * Fetches the encoded bytes of samples.
 *
 * <p>Lives in one task: made there by {@link ImageSource#reader()}, closed when the task ends. Safe for several threads at
 * once, but closed only when none of them reads any more. Reading in ascending order of index is fastest; any order is
 * right.
 */
public interface SampleReader extends AutoCloseable {
    /**
     * Reads one encoded picture.
     *
     * @return {@code sample.length()} bytes; an array of length 0 for a sample without bytes
     * @throws IOException if storage fails, or holds something else than when the source was listed
     */
    byte[] read(Sample sample) throws IOException;

    /** Closes all files; nothing can be read afterwards. */
    @Override
    void close() throws IOException;
}
