package io.rela.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DimensionsTest {
    private static final double[] VARIANCES = {8, 4, 2, 1, 1, 0, 0};

    @ParameterizedTest
    @CsvSource({"1%,1", "50%,1", "50.1%,2", "75%,2", "93.75%,4", "99.99%,5", "100%,5", "3,3", "90,90"})
    void aShareIsHeldByTheFewestAxes(String asked, int wanted) {
        assertThat(Dimensions.of(asked).resolve(VARIANCES, 100)).isEqualTo(wanted);
    }

    @Test
    void withoutVarianceOneAxisHoldsAllOfIt() {
        assertThat(Dimensions.of("90%").resolve(new double[12], 100)).isEqualTo(1);
        assertThat(Dimensions.auto().resolve(new double[12], 100)).isEqualTo(8);
    }

    /** The participation ratio, from equal variances to all of it on one axis. */
    @Test
    void autoCountsTheAxesThatTheVarianceSpreadsOver() {
        double[] variances = new double[100];
        Arrays.fill(variances, 0.25);
        assertThat(Dimensions.auto().resolve(variances, 1000)).isEqualTo(100);
        Arrays.fill(variances, 40, 100, 0);
        assertThat(Dimensions.auto().resolve(variances, 1000)).isEqualTo(40);
        Arrays.fill(variances, 33, 100, 1e-9);
        assertThat(Dimensions.auto().resolve(variances, 1000)).isEqualTo(40);
        Arrays.fill(variances, 1, 100, 0);
        assertThat(Dimensions.auto().resolve(variances, 1000)).isEqualTo(8);
        assertThat(Dimensions.auto().resolve(VARIANCES, 1000)).isEqualTo(7);
    }

    @Test
    void isReadAsItIsWritten() throws JsonProcessingException {
        assertThat(Dimensions.of("AUTO")).isEqualTo(Dimensions.auto());
        assertThat(Dimensions.of("90.0%")).isEqualTo(Dimensions.of("90%")).hasToString("90%");
        assertThat(Dimensions.of("100%")).hasToString("100%");
        ObjectMapper json = new ObjectMapper();
        for (String text : new String[] {"64", "\"auto\"", "\"2.5%\""}) {
            Dimensions read = json.readValue(text, Dimensions.class);
            assertThat(json.writeValueAsString(read)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-3", "many", "0%", "101%", "-1%", "%", "NaN%", "99999999999"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> Dimensions.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write a number of at least 1, auto, or a share");
    }

    @Test
    void randomAxesWantANumber() {
        assertThatThrownBy(() -> new Axes(ProjectionKind.RANDOM, Dimensions.auto(), AxisScale.axis(), 0))
                .hasMessageContaining("--dimensions auto has no meaning with --projection random");
    }
}
