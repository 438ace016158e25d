package io.rela.failure;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.storage.StorageException;

/** What the user is told when storage fails. */
public final class StorageFailures {
    private StorageFailures() {}

    /**
     * The command's message: what could not be read or written, the storage's own words, and what to do.
     *
     * @param resumes whether the same command goes on from what is done
     */
    public static RelaException told(StorageException failure, boolean resumes) {
        String repair =
                switch (failure.kind()) {
                    case GONE ->
                        resumes
                                ? ". Put it back, or count such pictures as rejects with " + Flag.MISSING + " reject."
                                : ". Put it back.";
                    case DENIED -> ". Check its permissions and the credentials.";
                    case UNAVAILABLE -> ". Look at the storage.";
                };
        return new RelaException(
                ExitCode.INPUT,
                failure.getMessage()
                        + repair
                        + (resumes ? " What is done is kept: the same command goes on from there." : ""));
    }
}
