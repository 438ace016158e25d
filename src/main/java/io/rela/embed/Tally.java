package io.rela.embed;

import io.rela.metrics.Meters;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * What the tasks of a command count, under names that Spark's page of a stage shows. What a task adds counts when the task
 * ends well. Safe for threads.
 *
 * @param done samples that were embedded or rejected
 * @param rejected those of them that were rejected, by reason
 * @param seconds by part: read, decode, infer, write
 */
record Tally(LongAccumulator done, RejectCounts rejected, TreeMap<String, DoubleAccumulator> seconds)
        implements Serializable {

    /** At zero. */
    static Tally of(SparkContext spark) {
        RejectCounts rejected = new RejectCounts();
        spark.register(rejected, "rela rejects");
        TreeMap<String, DoubleAccumulator> seconds = new TreeMap<>();
        for (Meters.Part part : Meters.Part.values()) {
            seconds.put(part.label(), spark.doubleAccumulator("rela seconds " + part.label()));
        }
        return new Tally(spark.longAccumulator("rela pictures"), rejected, seconds);
    }

    /** A sample was embedded. */
    void embedded() {
        done.add(1);
    }

    /** A sample was rejected. */
    void rejected(String reason) {
        done.add(1);
        rejected.add(reason);
    }

    /** What a task has spent, by part. */
    void spent(Map<String, Double> byPart) {
        byPart.forEach((part, spent) -> seconds.get(part).add(spent));
    }
}
