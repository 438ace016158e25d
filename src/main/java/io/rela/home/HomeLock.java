package io.rela.home;

import com.fasterxml.jackson.core.type.TypeReference;
import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Keeps two commands from working in one home: a file that names its owner and is written anew every {@value
 * #BEAT_SECONDS} seconds. The lock of a process of this host that is gone is taken over at once, one of another host when it
 * has been silent for a minute. Driver only.
 */
final class HomeLock implements AutoCloseable {
    private static final int BEAT_SECONDS = 15;
    private static final Duration SILENCE = Duration.ofSeconds(60);
    /** The system tells when a process began to about a second. */
    private static final Duration CLOCK_STEP = Duration.ofSeconds(1);

    private static final TypeReference<Owner> OWNER = new TypeReference<>() {};

    private record Owner(String run, String host, long pid, String since, long beat) {}

    private final FileSystem fs;
    private final Path file;
    private final Owner owner;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "rela-lock");
        thread.setDaemon(true);
        return thread;
    });

    private HomeLock(FileSystem fs, Path file, Owner owner) {
        this.fs = fs;
        this.file = file;
        this.owner = owner;
    }

    /**
     * Takes the lock.
     *
     * @throws RelaException when another command works here
     * @throws IOException when the home cannot be written
     */
    static HomeLock take(FileSystem fs, Path file) throws IOException {
        Owner me = new Owner(
                UUID.randomUUID().toString(),
                host(),
                ProcessHandle.current().pid(),
                Instant.now().toString(),
                System.currentTimeMillis());
        HomeLock lock = new HomeLock(fs, file, me);
        try {
            lock.create();
        } catch (FileAlreadyExistsException e) {
            refuseLiving(fs, file);
            fs.delete(file, false);
            lock.create();
        }
        var unused = lock.heart.scheduleAtFixedRate(lock::beat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
        return lock;
    }

    private void create() throws IOException {
        try (OutputStream out = fs.create(file, false)) {
            out.write(Json.text(owner).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void refuseLiving(FileSystem fs, Path file) throws IOException {
        Owner other;
        try {
            other = Json.read(fs, file, OWNER);
        } catch (FileNotFoundException e) {
            return;
        } catch (RelaException e) {
            // Cut off while it was written; nobody who lives leaves that.
            return;
        }
        Duration silent = Duration.ofMillis(System.currentTimeMillis() - other.beat());
        boolean lives = other.host().equals(host()) ? isRunning(other) : silent.compareTo(SILENCE) < 0;
        if (lives) {
            throw new RelaException(
                    ExitCode.HOME,
                    "Another command has worked in " + file.getParent().getParent() + " since " + other.since()
                            + " (process " + other.pid() + " on " + other.host() + "). Wait for it; if it is dead on"
                            + " another host, its lock expires a minute after its last beat.");
        }
    }

    /** Numbers of processes come again, in a container at once: one that began after the last beat is another. */
    private static boolean isRunning(Owner other) {
        return ProcessHandle.of(other.pid())
                .filter(process -> process.info()
                        .startInstant()
                        .map(start -> start.toEpochMilli() < other.beat() + CLOCK_STEP.toMillis())
                        .orElse(true))
                .isPresent();
    }

    /**
     * Makes sure, before anything becomes visible, that nobody has taken this lock for that of the dead.
     *
     * @throws RelaException when somebody has
     */
    void requireHeld() throws IOException {
        if (!isHeld()) {
            throw new RelaException(
                    ExitCode.HOME,
                    "Another command has taken over the lock " + file
                            + " of this one, which was silent for long. Run it"
                            + " again when the other one has ended.");
        }
    }

    private boolean isHeld() throws IOException {
        try {
            return Json.read(fs, file, OWNER).run().equals(owner.run());
        } catch (FileNotFoundException | RelaException e) {
            return false;
        }
    }

    private void beat() {
        try {
            if (!isHeld()) {
                return;
            }
            Json.replace(
                    fs,
                    file,
                    new Owner(owner.run(), owner.host(), owner.pid(), owner.since(), System.currentTimeMillis()));
        } catch (IOException e) {
            // The next beat may reach the storage again; the work itself will notice if it stays away.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        heart.shutdownNow();
        try {
            heart.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (isHeld()) {
            fs.delete(file, false);
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
