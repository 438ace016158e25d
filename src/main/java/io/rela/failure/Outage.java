package io.rela.failure;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.model.Embedder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A failure of what the program stands on, a disk or a file system: no fault of settings or data, and gone when somebody has
 * mended it. It is told by its words, wherever they stand: of a task's exception, the driver may get nothing but the text of
 * its stack trace inside of Spark's own message.
 *
 * @param kind what has failed
 * @param place whose disk it is
 * @param words what the system said, one line
 */
public record Outage(Kind kind, Place place, String words) {
    /** What has failed. */
    public enum Kind {
        /** A disk is full. */
        NO_SPACE,
        /** A quota of a disk or of HDFS is used up. */
        QUOTA,
        /** The process has as many open files as it may. */
        OPEN_FILES,
        /** A file system does not answer, is not mounted any more, or takes no writes. */
        LOST
    }

    /** Whose files the failed call was about. */
    public enum Place {
        /** Those of the dataset home, or of the input. */
        HOME,
        /** Spark's shuffles, spills and stored blocks. */
        SPARK,
        /** The native libraries that DJL unpacks. */
        LIBRARIES,
        /** Parts of files that S3A keeps until they are uploaded. */
        S3A
    }

    private record Sign(Kind kind, Pattern words) {
        Sign(Kind kind, String words) {
            this(kind, Pattern.compile(words));
        }
    }

    /** The system's words are those of strerror, as Java's and Hadoop's exceptions repeat them; HDFS has exceptions' names. */
    private static final List<Sign> SIGNS = List.of(
            new Sign(Kind.NO_SPACE, "No space left on device"),
            new Sign(Kind.QUOTA, "Disk quota exceeded"),
            new Sign(Kind.QUOTA, "QuotaExceededException|QuotaByStorageTypeExceededException"),
            new Sign(Kind.OPEN_FILES, "Too many open files"),
            new Sign(Kind.LOST, "Stale (NFS )?file handle"),
            new Sign(Kind.LOST, "Read-only file system"),
            new Sign(Kind.LOST, "Transport endpoint is not connected"),
            new Sign(Kind.LOST, "Input/output error"),
            new Sign(Kind.LOST, "Host is down"),
            // Hadoop's RPC: refused, timed out, no route.
            new Sign(Kind.LOST, "Call From .+ failed on (connection|socket)"),
            new Sign(Kind.LOST, "SafeModeException|Operation category \\w+ is not supported in state standby"),
            new Sign(Kind.LOST, "could only be (written|replicated) to 0 "),
            new Sign(Kind.LOST, "BlockMissingException"));

    private record Owner(Place place, Pattern names) {
        Owner(Place place, String names) {
            this(place, Pattern.compile(names));
        }
    }

    /** What a path tells. */
    private static final List<Owner> PATHS = List.of(
            new Owner(
                    Place.SPARK,
                    "/(blockmgr|spark|executor)-[0-9a-f-]{36}|/appcache/application_|/temp_(shuffle|local)_"),
            new Owner(Place.LIBRARIES, "/\\.djl\\.ai/|/rela-djl-"));

    /** What the frames of a stack trace tell: the innermost that somebody owns. */
    private static final List<Owner> FRAMES = List.of(
            new Owner(Place.S3A, "^org\\.apache\\.hadoop\\.fs\\.s3a\\."),
            new Owner(Place.HOME, "^(org\\.apache\\.(hadoop|parquet)|io\\.rela\\.home)\\."),
            new Owner(Place.LIBRARIES, "^(ai\\.djl|" + Pattern.quote(Embedder.class.getPackageName()) + ")\\b"),
            new Owner(Place.SPARK, "^org\\.apache\\.spark\\."));

    private static final Pattern FRAME = Pattern.compile("^at (?:[^/(]*/)*([\\w.$<>]+)\\(");

    private static final int LONGEST = 300;

    /** The first outage among a failure's causes and what was suppressed on the way. */
    public static Optional<Outage> in(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> left = new ArrayList<>();
        left.add(failure);
        while (!left.isEmpty()) {
            Throwable next = left.remove(0);
            if (next == null || !seen.add(next)) {
                continue;
            }
            // Our own messages may repeat such words without being about this.
            Optional<Outage> found = next instanceof RelaException ? Optional.empty() : of(next);
            if (found.isPresent()) {
                return found;
            }
            left.add(next.getCause());
            left.addAll(Arrays.asList(next.getSuppressed()));
        }
        return Optional.empty();
    }

    private static Optional<Outage> of(Throwable failure) {
        String text = failure.toString();
        for (Sign sign : SIGNS) {
            Matcher words = sign.words().matcher(text);
            if (words.find()) {
                String line = line(text, words.start());
                return Optional.of(new Outage(sign.kind(), place(line, frames(failure, text, words.end())), line));
            }
        }
        return Optional.empty();
    }

    /** The line around a position, without what Spark says of its task and without names of exceptions. */
    private static String line(String text, int at) {
        int start = text.lastIndexOf('\n', at) + 1;
        int end = text.indexOf('\n', at);
        String line = text.substring(start, end < 0 ? text.length() : end).strip();
        line = line.replaceFirst("^Caused by: ", "").replaceFirst("^.*\\(TID \\d+\\) \\([^)]*\\): ", "");
        line = line.replaceFirst("^([\\w.$]+(Exception|Error): )+", "");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    /** Names of methods, the innermost first: of the trace in the text, or of the exception itself. */
    private static List<String> frames(Throwable failure, String text, int after) {
        List<String> frames = new ArrayList<>();
        text.substring(after)
                .lines()
                .skip(1)
                .map(String::strip)
                .takeWhile(line -> line.startsWith("at "))
                .forEach(line -> {
                    Matcher frame = FRAME.matcher(line);
                    if (frame.find()) {
                        frames.add(frame.group(1));
                    }
                });
        if (frames.isEmpty()) {
            for (StackTraceElement element : failure.getStackTrace()) {
                frames.add(element.getClassName() + "." + element.getMethodName());
            }
        }
        return frames;
    }

    private static Place place(String line, List<String> frames) {
        for (Owner owner : PATHS) {
            if (owner.names().matcher(line).find()) {
                return owner.place();
            }
        }
        for (String frame : frames) {
            for (Owner owner : FRAMES) {
                if (owner.names().matcher(frame).find()) {
                    return owner.place();
                }
            }
        }
        return Place.HOME;
    }

    /**
     * The failure as a person should hear of it, with the code of what is worth another try.
     *
     * @param home of the command; null where it has none
     * @param kept gives what the home keeps of the command, such as {@code keeps 3 of 10 waves}, empty for nothing; not asked
     *     where the storage may not answer
     */
    public RelaException told(String home, Supplier<Optional<String>> kept, Throwable failure) {
        String where = home == null ? "the command's files lie" : Flag.HOME + " " + home + " lies";
        String what =
                switch (kind) {
                    case NO_SPACE -> "No space is left " + place(where) + " (" + words + ").";
                    case QUOTA -> "The quota is used up " + place(where) + " (" + words + ").";
                    case OPEN_FILES -> "This machine lets a process open no more files (" + words + ").";
                    case LOST -> "A file system is gone, or takes no writes (" + words + ").";
                };
        String repair =
                switch (kind) {
                    case NO_SPACE -> "Make room" + elsewhere();
                    case QUOTA -> "Make room, or have the quota raised" + elsewhere();
                    case OPEN_FILES ->
                        "Raise the limit, which ulimit -n shows, for the driver and the executors: 65536 is usual";
                    case LOST -> "Look at the storage and its mounts, on the driver and on the executors";
                };
        return new RelaException(ExitCode.INPUT, what + " " + repair + ". " + then(home, kept), failure);
    }

    private String then(String home, Supplier<Optional<String>> kept) {
        Optional<String> progress = home == null || kind == Kind.LOST ? Optional.empty() : kept.get();
        if (progress.isPresent()) {
            return Flag.HOME + " " + home + " " + progress.get() + ": the same command goes on from there.";
        }
        return home != null && (kind == Kind.NO_SPACE || kind == Kind.QUOTA)
                ? Flag.HOME + " " + home + " is as it was: the same command can be run again."
                : "The same command can then be run again, and loses nothing that it had finished.";
    }

    private String place(String where) {
        return switch (place) {
            case HOME -> "where " + where;
            case SPARK -> "where Spark keeps its temporary files";
            case LIBRARIES -> "where libtorch's libraries are unpacked";
            case S3A -> "where S3A keeps what it has to upload";
        };
    }

    private String elsewhere() {
        return switch (place) {
            case HOME -> "";
            case SPARK -> ", or set spark.local.dir (on YARN yarn.nodemanager.local-dirs) to a disk that has it";
            case LIBRARIES -> ", or set DJL_CACHE_DIR to a disk that has it";
            case S3A -> ", or set fs.s3a.buffer.dir to a disk that has it";
        };
    }
}
