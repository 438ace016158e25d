package io.rela.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.image.RejectReason;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetersTest {
    private final Meters meters = new Meters();

    @Test
    void everyPictureCountsAndARejectByItsReason() {
        meters.converted();
        meters.rejected(RejectReason.UNKNOWN_FORMAT);
        meters.rejected(RejectReason.UNKNOWN_FORMAT);
        assertThat(changed()).isEqualTo(Map.of("pictures", 3.0, "rejects.unknown-format", 2.0));
    }

    @Test
    void timeIsInSeconds() {
        meters.spent(Meters.Part.DECODE, 1_500_000_000);
        meters.spent(Meters.Part.DECODE, 250_000_000);
        meters.spent(Meters.Part.WRITE, 1);
        assertThat(changed()).isEqualTo(Map.of("seconds.decode", 1.75, "seconds.write", 1e-9));
    }

    @Test
    void aPictureWaitsForDecodingThenForTheModel() {
        meters.queued();
        meters.queued();
        meters.decoded();
        assertThat(changed()).isEqualTo(Map.of("queue.decode", 1.0, "queue.infer", 1.0));
        meters.decoded();
        meters.unqueued(2);
        assertThat(changed()).isEmpty();
    }

    @Test
    void aDeviceIsBusyOnceHoweverManyPassesRun() {
        BusyTime busy = new BusyTime();
        busy.begin(10);
        assertThat(busy.nanos(13)).isEqualTo(3);
        busy.begin(15);
        busy.end(20);
        assertThat(busy.nanos(22)).isEqualTo(12);
        busy.end(30);
        assertThat(busy.nanos(100)).isEqualTo(20);
        busy.begin(100);
        busy.end(101);
        assertThat(busy.nanos(200)).isEqualTo(21);
    }

    @Test
    void devicesCountApart() {
        Meters.Pass first = meters.pass("gpu(0)");
        meters.pass("gpu(1)").ended();
        first.ended();
        meters.pass("gpu(0)").ended();
        assertThat(meters.read("devices")).isEqualTo(2);
        assertThat(meters.read("seconds.busy")).isPositive();
    }

    @Test
    void aLostExecutorsWorkStaysAndItsLevelsGo() {
        meters.converted();
        meters.queued();
        Totals totals = new Totals();
        totals.add(new Totals.Told("1", meters.read()));
        meters.converted();
        totals.add(new Totals.Told("2", meters.read()));
        assertThat(totals.of("pictures")).isEqualTo(3);
        assertThat(totals.of("queue.decode")).isEqualTo(2);
        totals.lost("1");
        totals.add(new Totals.Told("1", meters.read()));
        assertThat(totals.of("pictures")).isEqualTo(4);
        assertThat(totals.of("queue.decode")).isEqualTo(1);
    }

    private Map<String, Double> changed() {
        Map<String, Double> changed = new TreeMap<>(meters.read());
        changed.values().removeIf(value -> value == 0);
        return changed;
    }
}
