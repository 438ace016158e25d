package io.rela.app;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** The Spark session of a command. */
final class Sessions {
    private Sessions() {}

    /** The running session, or a new one as spark-submit has configured it. */
    static SparkSession start(String command) {
        Option<SparkSession> running = SparkSession.getDefaultSession();
        return running.isDefined()
                ? running.get()
                : SparkSession.builder().appName("rela " + command).getOrCreate();
    }

    /** How many tasks run at a time, at least 1, as far as Spark knows it. */
    static int slots(JavaSparkContext spark) {
        return Math.max(1, spark.defaultParallelism() / spark.getConf().getInt("spark.task.cpus", 1));
    }
}
