package io.rela.embed;

import java.time.Duration;

/**
 * When a picture's decoding began. A decoder cannot be interrupted, so somebody else has to look whether it comes to its end. Safe for
 * threads.
 */
final class DecodingClock {
    private volatile Long began;

    /** The bytes are there, and are decoded from now on. */
    void begin() {
        began = System.nanoTime();
    }

    /** Whether decoding has begun longer ago. */
    boolean exceeds(Duration limit) {
        Long start = began;
        return start != null && System.nanoTime() - start > limit.toNanos();
    }
}
