package io.rela.run;

import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one command runs with: its session, its clock, and where it says what a person should know. Driver only, one thread; to be
 * closed.
 */
public final class CommandRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandRun.class);

    /** By which Spark's pages name a job. */
    private static final String DESCRIPTION = "spark.job.description";

    private final String command;
    private final SparkSession session;
    private final PrintStream out;
    private final StatusLine status;
    private final Instant start;
    private final Timings timings = new Timings();
    private final List<String> warnings = new ArrayList<>();

    private CommandRun(String command, SparkSession session, PrintStream out, StatusLine status) {
        this.command = command;
        this.session = session;
        this.out = out;
        this.status = status;
        this.start = Instant.now();
    }

    /**
     * Starts a session, or takes the running one.
     *
     * @param command name of the command, for messages and records
     * @param out takes what a person or a script asked for
     * @param err takes progress and warnings
     */
    public static CommandRun start(String command, PrintStream out, PrintStream err) {
        boolean first = !Sessions.isRunning();
        CommandRun run = new CommandRun(command, Sessions.start(command), out, new StatusLine(err));
        if (first) {
            run.timings.add("start", Timings.sinceProcessStart());
        }
        return run;
    }

    /** A run of another command by the same process, with a clock and warnings of its own; to be closed with this one. */
    public CommandRun as(String other) {
        return new CommandRun(other, session, out, status);
    }

    /** Name of the command. */
    public String command() {
        return command;
    }

    /** The session. */
    public SparkSession session() {
        return session;
    }

    /** The session's context. */
    public JavaSparkContext spark() {
        return JavaSparkContext.fromSparkContext(session.sparkContext());
    }

    /** How storage is reached. */
    public Configuration hadoop() {
        return session.sparkContext().hadoopConfiguration();
    }

    /** Number of tasks that run at a time, at least 1. */
    public int slots() {
        return Sessions.slots(spark());
    }

    /** When the command began. */
    public Instant started() {
        return start;
    }

    /** Takes what a person or a script asked for. */
    public PrintStream out() {
        return out;
    }

    /** Does a part of the work under its name: in the record's seconds, on Spark's pages, and in the line of progress. */
    public <T> T timed(String part, Supplier<T> work) {
        LOG.debug("{}: {}", command, part);
        long begin = System.nanoTime();
        Supplier<Optional<String>> before = status.show(() -> Optional.of(String.format(
                Locale.ROOT, "%s: %s, %d s", command, part, (System.nanoTime() - begin) / 1_000_000_000)));
        String description = spark().getLocalProperty(DESCRIPTION);
        spark().setLocalProperty(DESCRIPTION, part);
        try {
            return timings.timed(part, work);
        } finally {
            spark().setLocalProperty(DESCRIPTION, description);
            status.show(before);
        }
    }

    /** As the other one, for work without a result. */
    public void timed(String part, Runnable work) {
        timed(part, () -> {
            work.run();
            return part;
        });
    }

    /** Adds seconds that were measured elsewhere, such as those of tasks. */
    public void add(Map<String, Double> seconds) {
        seconds.forEach(timings::add);
    }

    /** Shows another line of progress while the work is done, and its last state for good. */
    public <T> T showing(Supplier<String> line, Supplier<T> work) {
        Supplier<Optional<String>> before = status.show(() -> Optional.of(line.get()));
        try {
            return work.get();
        } finally {
            status.keep();
            status.show(before);
        }
    }

    /** Tells a person, and keeps it for the record. */
    public void warn(String warning) {
        warnings.add(warning);
        say(warning);
    }

    /** Tells a person. */
    public void say(String sentence) {
        status.say(sentence);
    }

    /** What a person was warned of, in order. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Seconds by part, the total from {@link #started} to {@code end} among them. */
    public Map<String, Double> seconds(Instant end) {
        Map<String, Double> seconds = new TreeMap<>(timings.seconds());
        seconds.put("total", (end.toEpochMilli() - start.toEpochMilli()) / 1000.0);
        return seconds;
    }

    @Override
    public void close() {
        status.close();
    }
}
