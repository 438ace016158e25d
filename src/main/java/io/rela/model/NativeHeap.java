package io.rela.model;

import com.sun.jna.Function;
import java.util.Map;

/**
 * The C library's heap in this process. libtorch allocates each layer's output anew; glibc by its defaults maps such blocks
 * and unmaps them again, so that every layer pays for page faults: kept, they make a forward pass on a CPU up to twice as
 * fast. Resident memory stays at its peak, which does not grow with the number of pictures. Safe for threads.
 */
public final class NativeHeap {
    /** Parameters of {@code mallopt(3)}. */
    private static final int TRIM_THRESHOLD = -1;

    private static final int TOP_PAD = -2;

    private static final int MMAP_MAX = -4;

    /** A thread's heap grows in pieces of 64 MiB at most; with a pad of two pieces glibc keeps those that fall empty. */
    private static final int TWO_PIECES = 128 << 20;

    private static boolean done;

    private NativeHeap() {}

    /** Has the heap keep what is freed, once a process, unless the environment has settings of its own for it. */
    public static synchronized void keepFreed() {
        if (!done && !isSetIn(System.getenv())) {
            mallopt(MMAP_MAX, 0);
            mallopt(TRIM_THRESHOLD, -1);
            mallopt(TOP_PAD, TWO_PIECES);
        }
        done = true;
    }

    /** Whether somebody has chosen an allocator or its thresholds. */
    static boolean isSetIn(Map<String, String> environment) {
        return environment.containsKey("LD_PRELOAD")
                || environment.containsKey("MALLOC_MMAP_MAX_")
                || environment.containsKey("MALLOC_MMAP_THRESHOLD_")
                || environment.containsKey("MALLOC_TRIM_THRESHOLD_")
                || environment.containsKey("MALLOC_TOP_PAD_")
                || environment.getOrDefault("GLIBC_TUNABLES", "").contains("glibc.malloc.");
    }

    private static void mallopt(int parameter, int value) {
        try {
            Function.getFunction("c", "mallopt").invokeInt(new Object[] {parameter, value});
        } catch (LinkageError e) {
            // A C library without it, or a temporary folder that forbids code: slower, not wrong.
            System.getLogger(NativeHeap.class.getName())
                    .log(System.Logger.Level.DEBUG, "malloc keeps its defaults: {0}", e.getMessage());
        }
    }
}
