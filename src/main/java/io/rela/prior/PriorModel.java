package io.rela.prior;

import java.io.Serializable;

/**
 * A TorchScript module on its way to the executors. Immutable; safe for threads.
 *
 * @param uri where it came from, for messages
 * @param sha256 of the file, lower-case hex: the module's identity
 * @param content gives the file's bytes, on whatever machine it is asked
 */
public record PriorModel(String uri, String sha256, Content content) implements Serializable {
    /** Gives the bytes of a module's file; a broadcast variable on executors. */
    @FunctionalInterface
    public interface Content extends Serializable {
        byte[] bytes();
    }

    byte[] bytes() {
        return content.bytes();
    }
}
