package io.rela.run;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Seconds by part of a command. One thread. */
final class Timings {
    private final Map<String, Double> seconds = new TreeMap<>();

    /** Seconds since this process was started. */
    static double sinceProcessStart() {
        return (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1000.0;
    }

    /** Does the work and adds its wall time to the part. */
    public <T> T timed(String part, Supplier<T> work) {
        long start = System.nanoTime();
        try {
            return work.get();
        } finally {
            add(part, (System.nanoTime() - start) / 1e9);
        }
    }

    /** As the other one, for work without a result. */
    public void timed(String part, Runnable work) {
        timed(part, () -> {
            work.run();
            return part;
        });
    }

    public void add(String part, double more) {
        seconds.merge(part, more, Double::sum);
    }

    Map<String, Double> seconds() {
        return seconds;
    }
}
