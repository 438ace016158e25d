package io.rela.app;

import io.rela.settings.Problems;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Looks whether inputs are there, before a session is started. */
final class Inputs {
    private Inputs() {}

    /** Hadoop's settings as Spark will have them: {@code spark.hadoop.*} included. */
    static Configuration hadoop() {
        return SparkHadoopUtil.get().newConfiguration(new org.apache.spark.SparkConf());
    }

    static void check(Problems problems, String option, String uri) {
        try {
            Path path = new Path(uri);
            if (!path.getFileSystem(hadoop()).exists(path)) {
                problems.addMissing(option + " " + uri + " is not there. Check the path.");
            }
        } catch (IOException | IllegalArgumentException e) {
            problems.addMissing(option + " " + uri + " cannot be reached (" + e.getMessage() + ")");
        }
    }
}
