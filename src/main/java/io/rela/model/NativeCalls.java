package io.rela.model;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Calls into libtorch, none of which outlives the process: its destructors run when the process exits, and a forward pass
 * that still runs then crashes, so that a conversion that was told to stop would end as if it had failed. For threads.
 */
final class NativeCalls {
    private static final long LONGEST_SECONDS = 60;

    /** Of the process. */
    static final NativeCalls TORCH = new NativeCalls();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(TORCH::end, "rela-libtorch"));
    }

    private final ReentrantReadWriteLock running = new ReentrantReadWriteLock();

    /** What is called, and what it throws. */
    @FunctionalInterface
    interface Call<T, E extends Exception> {
        T make() throws E;
    }

    /** Makes a call, beside others. Once {@link #end} was called it never returns, and nothing is called. */
    <T, E extends Exception> T make(Call<T, E> call) throws E {
        running.readLock().lock();
        try {
            return call.make();
        } finally {
            running.readLock().unlock();
        }
    }

    /** Waits for the calls that run, a minute at most, and lets none begin; returns whether all have ended. */
    boolean end() {
        try {
            return running.writeLock().tryLock(LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
