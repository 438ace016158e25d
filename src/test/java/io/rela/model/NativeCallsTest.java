package io.rela.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class NativeCallsTest {
    @Test
    void theEndWaitsForACallThatRunsAndLetsNoneBegin() throws Exception {
        NativeCalls calls = new NativeCalls();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Integer> first = new CompletableFuture<>();
        thread(() -> first.complete(calls.make(() -> {
            begun.countDown();
            goOn.await();
            return 7;
        })));
        begun.await();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        Thread end = thread(() -> ended.complete(calls.end()));
        waitFor(end);
        assertFalse(ended.isDone());
        AtomicBoolean called = new AtomicBoolean();
        Thread late = thread(() -> calls.make(() -> {
            called.set(true);
            return 8;
        }));
        waitFor(late);
        goOn.countDown();
        assertEquals(7, first.get());
        assertTrue(ended.get());
        waitFor(late);
        assertFalse(called.get());
    }

    private interface Body {
        void run() throws Exception;
    }

    private static Thread thread(Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Until a thread waits for the lock. */
    private static void waitFor(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }
}
