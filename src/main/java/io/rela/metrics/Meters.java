package io.rela.metrics;

import io.rela.image.RejectReason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * What a process has done with pictures since it began, whatever came of the tasks that asked for it: a task that is tried
 * again counts again. Most readings only grow; {@linkplain #isLevel levels} are as of now. Safe for threads, and cheap: a few
 * additions a picture.
 */
public final class Meters {
    private static final Meters PROCESS = new Meters();
    private static final double NANOS = 1e9;
    private static final String DEVICES = "devices";
    private static final String QUEUE = "queue.";

    private final Map<String, DoubleSupplier> readings = new LinkedHashMap<>();
    private final LongAdder pictures = new LongAdder();
    private final Map<RejectReason, LongAdder> rejects = new EnumMap<>(RejectReason.class);
    private final Map<Part, LongAdder> nanos = new EnumMap<>(Part.class);
    private final LongAdder undecoded = new LongAdder();
    private final LongAdder decoded = new LongAdder();
    private final Map<String, BusyTime> devices = new ConcurrentHashMap<>();

    /** Parts of a picture's way, each with the seconds of all threads that worked on it. */
    public enum Part {
        READ,
        DECODE,
        INFER,
        WRITE;

        /** The name as it stands in the manifest. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Meters() {
        readings.put("pictures", pictures::sum);
        for (RejectReason reason : RejectReason.values()) {
            LongAdder number = new LongAdder();
            rejects.put(reason, number);
            readings.put("rejects." + reason.label(), number::sum);
        }
        for (Part part : Part.values()) {
            LongAdder spent = new LongAdder();
            nanos.put(part, spent);
            readings.put("seconds." + part.label(), () -> spent.sum() / NANOS);
        }
        readings.put(
                "seconds.busy",
                () -> devices.values().stream().mapToLong(BusyTime::nanos).sum() / NANOS);
        readings.put(DEVICES, devices::size);
        readings.put(QUEUE + "decode", undecoded::sum);
        readings.put(QUEUE + "infer", decoded::sum);
    }

    /** Those of this process. */
    public static Meters ofProcess() {
        return PROCESS;
    }

    /** A picture has come to a feature. */
    public void converted() {
        pictures.increment();
    }

    /** A picture has come to a reject. */
    public void rejected(RejectReason reason) {
        pictures.increment();
        rejects.get(reason).increment();
    }

    /** One thread has worked on a part. */
    public void spent(Part part, long nanoseconds) {
        nanos.get(part).add(nanoseconds);
    }

    /** A picture begins to wait for a thread that reads and decodes it. */
    public void queued() {
        undecoded.increment();
    }

    /** A picture has been read and decoded, or could not be: it waits for the model. */
    public void decoded() {
        undecoded.decrement();
        decoded.increment();
    }

    /** That many pictures wait for the model no more. */
    public void unqueued(int number) {
        decoded.add(-number);
    }

    /**
     * A forward pass begins.
     *
     * @param device that computes
     * @return to be told when it has ended, once
     */
    public Pass pass(String device) {
        BusyTime busy = devices.computeIfAbsent(device, name -> new BusyTime());
        busy.begin(System.nanoTime());
        return () -> busy.end(System.nanoTime());
    }

    /** A forward pass that is running. */
    @FunctionalInterface
    public interface Pass {
        /** The pass has ended, well or not. */
        void ended();
    }

    /** Names of all readings; the same set always. */
    public Set<String> names() {
        return Collections.unmodifiableSet(readings.keySet());
    }

    /** One of the {@link #names} as of now. */
    public double read(String name) {
        return readings.get(name).getAsDouble();
    }

    /** All readings as of now. */
    Map<String, Double> read() {
        Map<String, Double> now = new LinkedHashMap<>();
        readings.forEach((name, reading) -> now.put(name, reading.getAsDouble()));
        return now;
    }

    /** Whether a reading tells of this moment only, and nothing of a process that has ended. */
    static boolean isLevel(String name) {
        return name.equals(DEVICES) || name.startsWith(QUEUE);
    }
}
