package io.rela.table;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
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
     * @param patience with storage
     * @throws RelaException when it is gone, though it was there when it was converted
     * @throws StorageException when storage fails otherwise
     */
    public static EncodedImage read(SampleReader reader, Sample sample, Patience patience) throws IOException {
        try {
            return new EncodedImage(patience.read(() -> reader.read(sample), Patience.SLEEP), sample.id());
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.GONE) {
                throw e;
            }
            throw new RelaException(
                    ExitCode.INPUT,
                    "The picture of sample " + sample.index() + " was there when it was converted: " + e.getMessage()
                            + ". Put it back, or convert again with " + Flag.IF_EXISTS + " overwrite.");
        }
    }
}
