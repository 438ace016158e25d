package io.rela.metrics;

import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sum of what executors tell of themselves. What a lost one has done stays counted, so that no sum goes down; its levels
 * count no more. Safe for threads.
 */
final class Totals {
    private final Map<String, Map<String, Double>> newest = new ConcurrentHashMap<>();
    private final Set<String> lost = ConcurrentHashMap.newKeySet();

    /** What one executor tells: all of its readings. */
    record Told(String executor, Map<String, Double> readings) implements Serializable {}

    /** Takes the place of what the executor told before. */
    void add(Told told) {
        newest.put(told.executor(), told.readings());
    }

    /** An executor is gone; Spark gives no other its name. */
    void lost(String executor) {
        lost.add(executor);
    }

    /** The sum of a reading. */
    double of(String name) {
        double sum = 0;
        for (Map.Entry<String, Map<String, Double>> executor : newest.entrySet()) {
            if (!Meters.isLevel(name) || !lost.contains(executor.getKey())) {
                sum += executor.getValue().get(name);
            }
        }
        return sum;
    }
}
