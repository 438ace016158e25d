package io.rela.embed;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How far a picture is on its way through the pool. A decoder cannot be interrupted, so somebody else has to look whether it
 * comes to its end. Safe for threads.
 */
final class DecodingClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private enum Stage {
        QUEUED,
        DROPPED,
        TAKEN,
        GIVEN_UP
    }

    private record Start(long thread, long nanos) {}

    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);
    private volatile Start start;

    /**
     * A thread of the pool takes the picture.
     *
     * @throws CancellationException when nobody waits for it any more
     */
    void take() {
        if (!stage.compareAndSet(Stage.QUEUED, Stage.TAKEN)) {
            throw new CancellationException("The task was given up");
        }
    }

    /** Whether no thread has taken the picture, nor ever will. */
    boolean drop() {
        return stage.compareAndSet(Stage.QUEUED, Stage.DROPPED) || stage.get() == Stage.DROPPED;
    }

    /** The bytes are there, and are decoded from now on. */
    void begin() {
        start = new Start(Thread.currentThread().getId(), THREADS.getCurrentThreadCpuTime());
    }

    /** Whether decoding has taken more of the thread's own time: what it waits for does not count. */
    boolean exceeds(Duration limit) {
        Start began = start;
        return began != null && THREADS.getThreadCpuTime(began.thread) - began.nanos > limit.toNanos();
    }

    /** Notes that nobody waits for its end; true for who says so first. */
    boolean giveUp() {
        return stage.compareAndSet(Stage.TAKEN, Stage.GIVEN_UP);
    }
}
