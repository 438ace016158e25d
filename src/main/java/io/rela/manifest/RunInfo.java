package io.rela.manifest;

import io.rela.run.CommandRun;
import io.rela.run.Outcome;
import io.rela.run.Versions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * When a command ran, how long its parts took, and on what. Immutable.
 *
 * @param outcome how it ended; of a record in the manifest always done
 * @param start ISO 8601 in UTC, to the millisecond
 * @param end likewise
 * @param seconds by part; read, decode, infer and write are summed over the threads that worked, the others are wall time
 * @param versions of everything that can change a number
 * @param devices that computed, each once, sorted
 * @param warnings what a person should know
 */
public record RunInfo(
        Outcome outcome,
        String start,
        String end,
        Map<String, Double> seconds,
        Map<String, String> versions,
        List<String> devices,
        List<String> warnings) {
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** Refuses a record that lacks a part. */
    public RunInfo {
        if (Stream.of(outcome, start, end, seconds, versions, devices, warnings).anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a record lacks a part of run");
        }
    }

    /**
     * Of a command that ends now.
     *
     * @param libtorch its version, or why there is none
     * @param devices that computed, in any order
     */
    public static RunInfo of(CommandRun run, String libtorch, Collection<String> devices) {
        Instant end = Instant.now();
        return new RunInfo(
                Outcome.DONE,
                started(run),
                MILLISECONDS.format(end),
                run.seconds(end),
                Versions.all(libtorch),
                List.copyOf(new TreeSet<>(devices)),
                run.warnings());
    }

    /** The text that {@link #start} will have. */
    public static String started(CommandRun run) {
        return MILLISECONDS.format(run.started());
    }
}
