package io.rela.run;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** The Spark session of a command. */
final class Sessions {
    private static final String MOST_EXECUTORS = "spark.dynamicAllocation.maxExecutors";

    private static final String PLUGINS = "spark.plugins";

    /** By name, as Spark itself knows it; lies above this package. */
    private static final String METRICS = "io.rela.metrics.RelaPlugin";

    private Sessions() {}

    /** Whether this process has one already. */
    static boolean isRunning() {
        return SparkSession.getDefaultSession().isDefined();
    }

    /** The running session, or a new one as spark-submit has configured it. */
    static SparkSession start(String command) {
        Option<SparkSession> running = SparkSession.getDefaultSession();
        return running.isDefined()
                ? running.get()
                : SparkSession.builder()
                        .appName("rela " + command)
                        // Kryo, a common default of clusters, carries no records.
                        .config("spark.serializer", "org.apache.spark.serializer.JavaSerializer")
                        .config(PLUGINS, withMetrics(new SparkConf().get(PLUGINS, "")))
                        .getOrCreate();
    }

    /** The plugins that somebody asked for, separated by commas, and that of the metrics once. */
    static String withMetrics(String plugins) {
        return Stream.concat(Arrays.stream(plugins.split(",")), Stream.of(METRICS))
                .map(String::strip)
                .filter(plugin -> !plugin.isEmpty())
                .distinct()
                .collect(Collectors.joining(","));
    }

    /** How many tasks run at a time, at least 1, as far as Spark knows it; with dynamic allocation, how many may come to. */
    static int slots(JavaSparkContext spark) {
        SparkConf conf = spark.getConf();
        int cores = spark.defaultParallelism();
        if (conf.getBoolean("spark.dynamicAllocation.enabled", false) && conf.contains(MOST_EXECUTORS)) {
            cores = Math.max(
                    cores, Math.multiplyExact(conf.getInt(MOST_EXECUTORS, 1), conf.getInt("spark.executor.cores", 1)));
        }
        return Math.max(1, cores / conf.getInt("spark.task.cpus", 1));
    }
}
