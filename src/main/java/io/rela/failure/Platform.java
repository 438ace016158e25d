package io.rela.failure;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.run.Versions;
import java.lang.reflect.Method;
import java.util.Optional;

/**
 * The Spark and the Scala below this program. They are asked by name: a class that were compiled against the wrong ones
 * would die in the middle of the work, with a method that is not there.
 */
public final class Platform {
    private Platform() {}

    /**
     * Refuses any Spark but the minor version that this build is made for, and any other Scala.
     *
     * @throws RelaException with what is here and what is wanted
     */
    public static void check() {
        check(ask("org.apache.spark.package", "SPARK_VERSION"), ask("scala.util.Properties", "versionNumberString"));
    }

    /**
     * Refuses other versions; one that is not known is taken to fit.
     *
     * @param spark as Spark tells it, such as {@code 3.5.7} or {@code 3.5.1-amzn-0}
     * @param scala as Scala tells it, such as {@code 2.12.18}
     */
    static void check(Optional<String> spark, Optional<String> scala) {
        String wantedSpark = minor(Versions.built("spark"));
        String wantedScala = minor(Versions.built("scala"));
        if (spark.filter(found -> !minor(found).equals(wantedSpark)).isPresent()
                || scala.filter(found -> !minor(found).equals(wantedScala)).isPresent()) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "This jar is built for Spark " + wantedSpark + " of Scala " + wantedScala + ", and here is Spark "
                            + spark.orElse("(unknown)") + " of Scala " + scala.orElse("(unknown)")
                            + ". Set SPARK_HOME, or the cluster's image, to a Spark " + wantedSpark + " of Scala "
                            + wantedScala + "; bin/rela without SPARK_HOME brings its own.");
        }
    }

    /** The first two numbers of a version. */
    private static String minor(String version) {
        String[] parts = version.split("[.-]", -1);
        return parts.length < 2 ? version : parts[0] + "." + parts[1];
    }

    /** What a method of a Scala object gives; empty when it is not there. */
    private static Optional<String> ask(String object, String method) {
        try {
            Class<?> type = Class.forName(object + "$");
            Method found = type.getMethod(method);
            return Optional.of(
                    String.valueOf(found.invoke(type.getField("MODULE$").get(null))));
        } catch (ReflectiveOperationException | LinkageError e) {
            return Optional.empty();
        }
    }
}
