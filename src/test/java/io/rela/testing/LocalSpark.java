package io.rela.testing;

import org.apache.spark.sql.SparkSession;

/** The one Spark session of a test JVM: two local cores, no UI, two shuffle partitions. Safe for threads; nobody stops it. */
public final class LocalSpark {
    private LocalSpark() {}

    /** The session, made at the first call. */
    public static SparkSession session() {
        return Holder.SESSION;
    }

    private static final class Holder {
        static final SparkSession SESSION = SparkSession.builder()
                .master("local[2]")
                .appName("rela-tests")
                .config("spark.ui.enabled", false)
                // No test waits for storage to come to itself.
                .config("spark.hadoop.rela.storage.pause", 0)
                .config("spark.sql.shuffle.partitions", 2)
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.session.timeZone", "UTC")
                .config(
                        "spark.sql.warehouse.dir",
                        System.getProperty("java.io.tmpdir") + "/rela-tests-warehouse-"
                                + ProcessHandle.current().pid())
                .getOrCreate();
    }
}
