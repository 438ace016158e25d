package io.rela.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.failure.Platform.Build;
import io.rela.run.Versions;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("spark4")
class PlatformTest {
    private static final Build SPARK3 = Platform.BUILDS.get(0);
    private static final Build SPARK4 = Platform.BUILDS.get(1);

    @Test
    void theSparkOfTheTestsFits() {
        assertThatCode(Platform::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"3.5.0,2.12.18", "3.5.9,2.12.20", "3.5.1-amzn-1,2.12.17", "3.5.1.3.5.7190.0-10,2.12.15"})
    void everySparkOfAMinorVersionFits(String spark, String scala) {
        assertThatCode(() -> Platform.check(SPARK3, Optional.of(spark), Optional.of(scala)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"4.0.1,2.13.16", "4.1.0,2.13.17", "4.2.0,2.13.18", "4.2.0-preview1,2.13.17"})
    void everySpark4ThatItWasTriedOnFitsTheJarForSpark4(String spark, String scala) {
        assertThatCode(() -> Platform.check(SPARK4, Optional.of(spark), Optional.of(scala)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"3.5.7,2.13.8", "3.4.4,2.12.17", "3.3.0,2.12.15", "5.0.0,2.13.18"})
    void anotherSparkOrScalaIsRefusedWithWhatIsHereAndWhatIsWanted(String spark, String scala) {
        assertThatThrownBy(() -> Platform.check(SPARK3, Optional.of(spark), Optional.of(scala)))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("rela-convert.jar is built for Spark 3.5 of Scala 2.12")
                .hasMessageContaining("Spark " + spark + " of Scala " + scala)
                .hasMessageContaining("SPARK_HOME")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.SETTINGS);
        assertThatThrownBy(() -> Platform.check(SPARK4, Optional.of(spark), Optional.of(scala)))
                .hasMessageContaining("rela-convert-spark4.jar is built for Spark 4.0 or 4.1 or 4.2 of Scala 2.13")
                .hasMessageContaining("SPARK_HOME");
    }

    @Test
    void aSparkOfTheOtherJarIsToldWhichThatIs() {
        assertThatThrownBy(() -> Platform.check(SPARK3, Optional.of("4.0.1"), Optional.of("2.13.16")))
                .hasMessageContaining("Take rela-convert-spark4.jar, which is built for that: mvn -B package -Pspark4")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.SETTINGS);
        assertThatThrownBy(() -> Platform.check(SPARK4, Optional.of("3.5.7"), Optional.of("2.12.18")))
                .hasMessageContaining("Take rela-convert.jar, which is built for that: mvn -B package -DskipTests");
    }

    @Test
    void aVersionThatNobodyTellsIsTakenToFit() {
        assertThatCode(() -> Platform.check(SPARK3, Optional.empty(), Optional.of("2.12.18")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Platform.check(SPARK3, Optional.empty(), Optional.of("2.13.16")))
                .hasMessageContaining("(unknown)");
    }

    @Test
    void theBuildSaysWhatItIsMadeFor() {
        Build build = Platform.build();
        assertThat(build.jar()).isEqualTo(Versions.built("jar"));
        assertThat(build.fits(Optional.of(Versions.built("spark")), Optional.of(Versions.built("scala"))))
                .isTrue();
    }
}
