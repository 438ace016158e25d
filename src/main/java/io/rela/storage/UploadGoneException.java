package io.rela.storage;

import java.io.IOException;

/** A file that was uploaded, and is neither there nor to be completed any more. */
public final class UploadGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param file that was uploaded
     * @param cause what storage says, or null
     */
    public UploadGoneException(String file, IOException cause) {
        super(
                "The upload of " + file + " is gone: somebody, or a rule of the bucket, has ended uploads that were not"
                        + " completed, or this is a copy of another home.",
                cause);
    }
}
