package io.rela.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.run.Versions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
    @Test
    void theSparkOfTheTestsFits() {
        assertThatCode(Platform::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"3.5.0,2.12.18", "3.5.9,2.12.20", "3.5.1-amzn-1,2.12.17", "3.5.1.3.5.7190.0-10,2.12.15"})
    void everySparkOfThisMinorVersionFits(String spark, String scala) {
        assertThatCode(() -> Platform.check(Optional.of(spark), Optional.of(scala)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"4.0.1,2.13.16", "4.2.0-preview1,2.13.17", "3.5.7,2.13.8", "3.4.4,2.12.17", "3.3.0,2.12.15"})
    void anotherSparkOrScalaIsRefusedWithWhatIsHereAndWhatIsWanted(String spark, String scala) {
        assertThatThrownBy(() -> Platform.check(Optional.of(spark), Optional.of(scala)))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("built for Spark 3.5 of Scala 2.12")
                .hasMessageContaining("Spark " + spark + " of Scala " + scala)
                .hasMessageContaining("SPARK_HOME")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.SETTINGS);
    }

    @Test
    void aVersionThatNobodyTellsIsTakenToFit() {
        assertThatCode(() -> Platform.check(Optional.empty(), Optional.of("2.12.18")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Platform.check(Optional.empty(), Optional.of("2.13.16")))
                .hasMessageContaining("(unknown)");
    }

    @Test
    void theBuildSaysWhatItIsMadeFor() {
        assertThat(Versions.built("spark")).startsWith("3.5.");
        assertThat(Versions.built("scala")).isEqualTo("2.12");
    }
}
