package io.rela.metrics;

import com.codahale.metrics.Gauge;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An executor's part: shows its process's meters, and tells the driver. Where tasks run in the driver's process, the driver
 * sees them itself, and this does nothing. Safe for threads.
 */
final class Executor implements ExecutorPlugin {
    static final int SECONDS = 2;

    /** What Spark calls the executor that is the driver's own process. */
    private static final String DRIVER = "driver";

    private static final Logger LOG = LoggerFactory.getLogger(Executor.class);

    private final Meters meters;
    private PluginContext context;
    private ScheduledExecutorService clock;
    private Map<String, Double> told = Map.of();

    Executor(Meters meters) {
        this.meters = meters;
    }

    @Override
    public synchronized void init(PluginContext given, Map<String, String> fromDriver) {
        if (given.executorID().equals(DRIVER)) {
            return;
        }
        context = given;
        for (String name : meters.names()) {
            context.metricRegistry().register(name, (Gauge<Double>) () -> meters.read(name));
        }
        clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "rela-metrics");
            thread.setDaemon(true);
            return thread;
        });
        var unused = clock.scheduleWithFixedDelay(this::tell, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onTaskSucceeded() {
        tell();
    }

    @Override
    public void onTaskFailed(TaskFailedReason reason) {
        tell();
    }

    /** Tells what has changed; one at a time, so that the newest arrives last. */
    private synchronized void tell() {
        if (context == null) {
            return;
        }
        Map<String, Double> now = meters.read();
        if (now.equals(told)) {
            return;
        }
        try {
            context.send(new Totals.Told(context.executorID(), now));
            told = now;
        } catch (IOException | RuntimeException e) {
            LOG.debug("The driver cannot be told of metrics", e);
        }
    }

    @Override
    public synchronized void shutdown() {
        if (clock != null) {
            clock.shutdownNow();
        }
    }
}
