package io.rela.metrics;

import com.codahale.metrics.Gauge;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/** The driver's part: shows its own meters, which count where tasks run in its process, and those of all executors, as sums. */
final class Driver implements DriverPlugin {
    private final Meters own;
    private final Totals totals = new Totals();

    Driver(Meters own) {
        this.own = own;
    }

    @Override
    public Map<String, String> init(SparkContext spark, PluginContext context) {
        spark.addSparkListener(new SparkListener() {
            @Override
            public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
                totals.lost(removed.executorId());
            }
        });
        return Map.of();
    }

    @Override
    public void registerMetrics(String application, PluginContext context) {
        for (String name : own.names()) {
            context.metricRegistry().register(name, (Gauge<Double>) () -> own.read(name) + totals.of(name));
        }
    }

    /** What an executor tells; nothing to answer. */
    @Override
    public Object receive(Object message) {
        totals.add((Totals.Told) message);
        return null;
    }
}
