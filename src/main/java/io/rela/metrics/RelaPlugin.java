package io.rela.metrics;

import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * For {@code spark.plugins}: puts {@link Meters} among Spark's metrics. An executor shows its own; the driver shows the sum of
 * all, as they tell it every {@value Executor#SECONDS} seconds and when a task ends, so that one place is enough to look at.
 */
public final class RelaPlugin implements SparkPlugin {
    @Override
    public DriverPlugin driverPlugin() {
        return new Driver(Meters.ofProcess());
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new Executor(Meters.ofProcess());
    }
}
