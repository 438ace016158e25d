package io.rela.testing;

import io.rela.home.LockWait;
import java.time.Duration;

/** Time that passes when somebody waits, at once; something may happen meanwhile. */
public final class StepTime implements LockWait.Time {
    private final Runnable meanwhile;
    private long nanos;

    public StepTime(Runnable meanwhile) {
        this.meanwhile = meanwhile;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration duration) {
        nanos += duration.toNanos();
        meanwhile.run();
    }

    /** Seconds that were waited so far. */
    public double seconds() {
        return nanos / 1e9;
    }
}
