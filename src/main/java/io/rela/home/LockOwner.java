package io.rela.home;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who holds a lock, as the lock's file tells. Immutable.
 *
 * @param run unique to one taking of one lock
 * @param host where the owner runs; for people only, nothing is decided by it
 * @param pid number of the owner's process, in its own namespace
 * @param processStart when that process began, in clock ticks since its kernel started; null where {@code /proc} does not tell
 * @param bootId of the owner's kernel; null where {@code /proc} does not tell
 * @param pidNamespace in which {@code pid} counts; null where {@code /proc} does not tell
 * @param since ISO-8601, UTC
 * @param command such as {@code select}
 * @param purpose of the lock
 */
record LockOwner(
        String run,
        String host,
        long pid,
        Long processStart,
        String bootId,
        String pidNamespace,
        String since,
        String command,
        Purpose purpose) {
    private static final Path PROC = Path.of("/proc");
    /** States of a process that has ended and whose parent has not asked for it yet. */
    private static final Set<String> ENDED = Set.of("Z", "X");
    /** Where the start stands in {@code /proc/PID/stat}, counted from the state. */
    private static final int START = 19;

    /** What a lock is held for. */
    enum Purpose {
        /** A command's whole work: minutes to days. */
        WORK,
        /** Making finished tables visible: a moment where rename is one. */
        COMMIT;

        /** As it stands in the lock. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where numbers of processes mean something: a kernel since its start, and a namespace of it. */
    private record Kernel(String bootId, String pidNamespace) {}

    /** This process, as the owner of a lock that it is about to take. */
    static LockOwner me(String command, Purpose purpose) {
        long pid = ProcessHandle.current().pid();
        Optional<Kernel> kernel = kernel();
        return new LockOwner(
                UUID.randomUUID().toString(),
                thisHost(),
                pid,
                kernel.flatMap(here -> startOf(pid)).orElse(null),
                kernel.map(Kernel::bootId).orElse(null),
                kernel.map(Kernel::pidNamespace).orElse(null),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                command,
                purpose);
    }

    /** Whether every part is there that a lock cannot do without. */
    boolean isWhole() {
        return run != null && host != null && since != null && command != null && purpose != null;
    }

    /**
     * Whether the owner's process is known to have ended: it ran on this kernel, in this namespace of process numbers, and
     * no process of its number and start is there. False when that cannot be told.
     */
    boolean isGone() {
        if (processStart == null || !kernel().equals(Optional.of(new Kernel(bootId, pidNamespace)))) {
            return false;
        }
        try {
            return !runningSince(pid).equals(Optional.of(processStart));
        } catch (IOException e) {
            // There is a process of which this one may not know more.
            return false;
        }
    }

    /** This process's own; empty where {@code /proc} is not there, or counts or shows processes in another way than it does. */
    private static Optional<Kernel> kernel() {
        try {
            String self = Files.readSymbolicLink(PROC.resolve("self")).toString();
            // Where the processes of others are hidden, the first one is as well.
            if (!self.equals(Long.toString(ProcessHandle.current().pid())) || !Files.exists(PROC.resolve("1/stat"))) {
                return Optional.empty();
            }
            return Optional.of(new Kernel(
                    Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip(),
                    Files.readSymbolicLink(PROC.resolve("self/ns/pid")).toString()));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> startOf(long pid) {
        try {
            return runningSince(pid);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** When the process of that number began, in clock ticks; empty when there is none that runs. */
    private static Optional<Long> runningSince(long pid) throws IOException {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"));
            // The name of the program comes first, in parentheses, and may hold anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
            if (fields.length <= START) {
                throw new IOException("Of process " + pid + " only this is known: " + stat);
            }
            return ENDED.contains(fields[0]) ? Optional.empty() : Optional.of(Long.valueOf(fields[START]));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static String thisHost() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
