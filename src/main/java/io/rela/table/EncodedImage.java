package io.rela.table;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import java.io.IOException;

/**
 * A picture as it was found.
 *
 * @param bytes the encoded file; not copied
 * @param path its id
 */
public record EncodedImage(byte[] bytes, String path) {
    /**
     * Fetches a sample's picture.
     *
     * @throws RelaException when it can no longer be read, though it was when it was converted
     */
    public static EncodedImage read(SampleReader reader, Sample sample) {
        try {
            return new EncodedImage(reader.read(sample), sample.id());
        } catch (IOException e) {
            throw new RelaException(
                    ExitCode.INPUT,
                    "The picture of sample " + sample.index() + ", " + sample.uri() + ", can no longer be read ("
                            + e.getMessage() + "). Put it back, or convert again with --if-exists overwrite.",
                    e);
        }
    }
}
