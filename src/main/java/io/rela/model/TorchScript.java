package io.rela.model;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A TorchScript module on its way to the executors. Immutable; safe for threads.
 *
 * @param uri where it came from, for messages
 * @param sha256 of the file, lower-case hex: the module's identity
 * @param precision that it was exported in, as far as that is known; float32 else
 * @param content gives the file's bytes, on whatever machine it is asked
 */
public record TorchScript(String uri, String sha256, Precision precision, Content content) implements Serializable {
    /** Pictures of this many pixels a side, or fewer, are small: their layers fit a core's cache by the dozen. */
    private static final int SMALL = 64;

    /** As they stand in the pickled part of a module's file, which is not compressed. */
    private static final List<byte[]> HALF_STORAGES = List.of(
            "HalfStorage".getBytes(StandardCharsets.US_ASCII), "BFloat16Storage".getBytes(StandardCharsets.US_ASCII));

    /**
     * Pictures a forward pass on a CPU, where nobody says how many: few, since what a layer gives is the next one's input
     * and should still lie in a cache.
     *
     * @param inputSize width and height in pixels
     */
    public static int usualCpuBatch(int inputSize) {
        return inputSize <= SMALL ? 32 : 4;
    }

    /** Gives the bytes of a module's file; a broadcast variable on executors. */
    @FunctionalInterface
    public interface Content extends Serializable {
        byte[] bytes();
    }

    byte[] bytes() {
        return content.bytes();
    }

    /** Whether it computes in half precision: it was exported so, or its file names {@code HalfStorage} or {@code BFloat16Storage}. */
    boolean isHalf() {
        if (precision != Precision.FLOAT32) {
            return true;
        }
        byte[] file = bytes();
        for (byte[] name : HALF_STORAGES) {
            for (int i = 0; i + name.length <= file.length; i++) {
                if (file[i] == name[0] && Arrays.equals(file, i, i + name.length, name, 0, name.length)) {
                    return true;
                }
            }
        }
        return false;
    }
}
