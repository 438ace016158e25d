package io.rela.app;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Seconds by part of a command. One thread. */
final class Timings {
    private final Map<String, Double> seconds = new TreeMap<>();

    /** Does the work and adds its wall time to the part. */
    <T> T timed(String part, Supplier<T> work) {
        long start = System.nanoTime();
        try {
            return work.get();
        } finally {
            add(part, (System.nanoTime() - start) / 1e9);
        }
    }

    void add(String part, double more) {
        seconds.merge(part, more, Double::sum);
    }

    Map<String, Double> seconds() {
        return seconds;
    }
}
