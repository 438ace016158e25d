package io.rela.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.metrics.RelaPlugin;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final String OURS = RelaPlugin.class.getName();

    @Test
    void theMetricsComeToThePluginsThatSomebodyAskedFor() {
        assertThat(Sessions.withMetrics("")).isEqualTo(OURS);
        assertThat(Sessions.withMetrics("org.other.One, org.other.Two"))
                .isEqualTo("org.other.One,org.other.Two," + OURS);
        assertThat(Sessions.withMetrics(OURS + ",org.other.One")).isEqualTo(OURS + ",org.other.One");
    }
}
