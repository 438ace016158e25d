package io.rela.failure;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.run.Versions;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;

/**
 * The Spark and the Scala below this program. They are asked by name: a class that were compiled against the wrong ones
 * would die in the middle of the work, with a method that is not there.
 */
public final class Platform {
    /**
     * A jar that this program is built as.
     *
     * @param jar its file name
     * @param sparks the minor versions of Spark that it runs on
     * @param scala the minor version of Scala that it runs on
     * @param command what builds it
     */
    record Build(String jar, List<String> sparks, String scala, String command) {
        /** Whether both fit; a version that is not known does. */
        boolean fits(Optional<String> foundSpark, Optional<String> foundScala) {
            return foundSpark.map(Platform::minor).map(sparks::contains).orElse(true)
                    && foundScala.map(Platform::minor).map(scala::equals).orElse(true);
        }
    }

    /** All of them, whichever this one is. */
    static final List<Build> BUILDS = List.of(
            new Build("rela-convert.jar", List.of("3.5"), "2.12", "mvn -B package -DskipTests"),
            new Build(
                    "rela-convert-spark4.jar",
                    List.of("4.0", "4.1", "4.2"),
                    "2.13",
                    "mvn -B package -Pspark4 -DskipTests"));

    private Platform() {}

    /**
     * Refuses any Spark but the minor versions that this build is made for, and any other Scala.
     *
     * @throws RelaException with what is here and what is wanted
     */
    public static void check() {
        check(
                build(),
                ask("org.apache.spark.package", "SPARK_VERSION"),
                ask("scala.util.Properties", "versionNumberString"));
    }

    /** Which of them this one is. */
    static Build build() {
        String scala = Versions.built("scala");
        return BUILDS.stream()
                .filter(build -> build.scala().equals(scala))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No jar is built for Scala " + scala + "."));
    }

    /**
     * Refuses other versions; one that is not known is taken to fit.
     *
     * @param build which is asked
     * @param spark as Spark tells it, such as {@code 3.5.7} or {@code 3.5.1-amzn-0}
     * @param scala as Scala tells it, such as {@code 2.12.18}
     */
    static void check(Build build, Optional<String> spark, Optional<String> scala) {
        if (build.fits(spark, scala)) {
            return;
        }
        String wanted = "Spark " + String.join(" or ", build.sparks()) + " of Scala " + build.scala();
        String repair = BUILDS.stream()
                .filter(other -> other.fits(spark, scala))
                .map(other -> "Take " + other.jar() + ", which is built for that: " + other.command() + ".")
                .findFirst()
                .orElse("Set SPARK_HOME, or the cluster's image, to a " + wanted
                        + "; bin/rela without SPARK_HOME brings its own.");
        throw new RelaException(
                ExitCode.SETTINGS,
                build.jar() + " is built for " + wanted + ", and here is Spark " + spark.orElse("(unknown)")
                        + " of Scala " + scala.orElse("(unknown)") + ". " + repair);
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
