package io.rela.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class DecodingClockTest {
    private final DecodingClock clock = new DecodingClock();

    @Test
    void whatNobodyWaitsForIsNotTaken() {
        assertThat(clock.drop()).isTrue();
        assertThatThrownBy(clock::take).isInstanceOf(CancellationException.class);
        assertThat(clock.drop()).isTrue();
        assertThat(clock.giveUp()).isFalse();
    }

    @Test
    void whatIsTakenIsNotDroppedAndIsGivenUpOnce() {
        clock.take();
        assertThat(clock.drop()).isFalse();
        assertThat(clock.giveUp()).isTrue();
        assertThat(clock.giveUp()).isFalse();
        assertThat(clock.drop()).isFalse();
    }

    @Test
    void timeCountsFromTheBeginningOfTheDecodingOn() {
        clock.take();
        assertThat(clock.exceeds(Duration.ZERO)).isFalse();
        clock.begin();
        while (!clock.exceeds(Duration.ofMillis(20))) {
            Thread.onSpinWait();
        }
        assertThat(clock.exceeds(Duration.ofMinutes(1))).isFalse();
    }
}
