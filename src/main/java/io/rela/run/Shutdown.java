package io.rela.run;

/** Whether somebody has asked this process to end, so that commands keep what they have. Safe for threads. */
public final class Shutdown {
    private static volatile boolean requested;

    private Shutdown() {}

    /** Looks out for SIGTERM and its like from now on. */
    public static void watch() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> requested = true, "rela-shutdown"));
    }

    /** Whether the process is about to end. */
    public static boolean isRequested() {
        return requested;
    }
}
