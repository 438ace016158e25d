package io.rela.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.package$;

/** Versions of everything that can change a number. */
public final class Versions {
    private static final Properties BUILD = new Properties();

    static {
        try (InputStream in = Versions.class.getResourceAsStream("/rela-build.properties")) {
            BUILD.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Versions() {}

    public static String rela() {
        return BUILD.getProperty("rela");
    }

    /** What the build was made for, by its key in {@code rela-build.properties}. */
    public static String built(String key) {
        return BUILD.getProperty(key);
    }

    /** All of them, by name, with the libtorch that the executors reported. */
    public static Map<String, String> all(String libtorch) {
        Map<String, String> versions = new TreeMap<>();
        versions.put("rela", rela());
        versions.put("spark", package$.MODULE$.SPARK_VERSION());
        versions.put("hadoop", VersionInfo.getVersion());
        versions.put("djl", BUILD.getProperty("djl"));
        versions.put("libtorch", libtorch);
        versions.put("java", System.getProperty("java.version"));
        return versions;
    }
}
