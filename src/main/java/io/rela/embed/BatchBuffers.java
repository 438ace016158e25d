package io.rela.embed;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The off-heap buffers in which batches are put together: kept by the executor process from task to task, since the JVM
 * frees such memory only when it collects garbage. Whoever takes a buffer gives it back once nothing reads it any more.
 * Safe for threads.
 */
final class BatchBuffers {
    private static final Deque<ByteBuffer> IDLE = new ArrayDeque<>();
    private static int idleBytes;

    private BatchBuffers() {}

    /** A direct buffer of exactly {@code bytes}, its content undefined. */
    static ByteBuffer take(int bytes) {
        synchronized (IDLE) {
            if (idleBytes != bytes) {
                IDLE.clear();
                idleBytes = bytes;
            }
            ByteBuffer idle = IDLE.poll();
            if (idle != null) {
                return idle;
            }
        }
        return ByteBuffer.allocateDirect(bytes);
    }

    /** Makes every byte 0; position and limit stay. */
    static void zero(ByteBuffer buffer) {
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) 0);
        }
    }

    static void giveBack(ByteBuffer buffer) {
        synchronized (IDLE) {
            if (buffer.capacity() == idleBytes) {
                IDLE.push(buffer);
            }
        }
    }
}
