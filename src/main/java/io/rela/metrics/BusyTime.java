package io.rela.metrics;

/** How long something was busy with one or more passes at a time, by a clock that never goes back. Safe for threads. */
final class BusyTime {
    private int running;
    private long since;
    private long nanos;

    /** A pass begins. */
    synchronized void begin(long now) {
        if (running == 0) {
            since = now;
        }
        running++;
    }

    /** A pass that had begun ends. */
    synchronized void end(long now) {
        running--;
        if (running == 0) {
            nanos += now - since;
        }
    }

    /** Nanoseconds in which at least one pass ran, up to now. */
    long nanos() {
        return nanos(System.nanoTime());
    }

    synchronized long nanos(long now) {
        return running == 0 ? nanos : nanos + (now - since);
    }
}
