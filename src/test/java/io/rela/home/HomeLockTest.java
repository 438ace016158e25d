package io.rela.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.home.LockOwner.Purpose;
import io.rela.testing.ConditionalFileSystem;
import io.rela.testing.ConditionalFileSystem.Manner;
import io.rela.testing.StepTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeLockTest {
    private static final String WHAT = "the home";
    private static final int ROUNDS = 30;
    private static final int THREADS = 16;

    @TempDir
    Path folder;

    private FileSystem fs;
    private Path path;

    @BeforeEach
    void local() throws IOException {
        fs = FileSystem.getLocal(new Configuration()).getRaw();
        path = folder.resolve(".rela/lock");
    }

    @Test
    void aLivingLockIsBusyAndItsHolderNamed() throws IOException {
        try (HomeLock first = take()) {
            assertBusy()
                    .hasMessageContaining(
                            "convert (process " + ProcessHandle.current().pid())
                    .hasMessageContaining(" holds the home, since 2")
                    .hasMessageContaining("try again, or wait with --wait-lock");
            first.requireHeld();
        }
        assertThat(files()).isEmpty();
        take().close();
    }

    @Test
    void aHalfWrittenLockIsAliveWhileItIsYoung() throws IOException {
        for (String half : List.of("", "{\"run\":", "{}", "null", "\u0000\u0000")) {
            write(half);
            assertBusy().hasMessageContaining("has not written its name yet");
            age(Duration.ofSeconds(61));
            take().close();
        }
    }

    @Test
    void aLockWhoseOwnerCannotBeSeenIsAliveWhileItIsYoung() throws IOException {
        String mine = contentOfMine();
        for (String other : List.of(
                mine.replaceFirst("pid:\\[\\d+]", "pid:[1]").replaceFirst("\"pid\" : \\d+", "\"pid\" : 2147483646"),
                mine.replaceFirst("(\"boot_id\" : \")[^\"]+", "$1another")
                        .replaceFirst("\"pid\" : \\d+", "\"pid\" : 2147483646"),
                mine.replaceFirst("\"process_start\" : \\d+", "\"process_start\" : null")
                        .replaceFirst("\"pid\" : \\d+", "\"pid\" : 2147483646"))) {
            write(other);
            assertBusy();
            age(Duration.ofSeconds(59));
            assertBusy();
            age(Duration.ofSeconds(61));
            take().close();
        }
    }

    @Test
    void theLockOfAProcessThatIsGoneIsTakenOverAtOnceWhateverItsHostIsCalled() throws IOException {
        String mine = contentOfMine();
        for (String gone : List.of(
                mine.replaceFirst("\"pid\" : \\d+", "\"pid\" : 2147483646"),
                mine.replaceFirst("\"pid\" : \\d+", "\"pid\" : 2147483646")
                        .replaceFirst("(\"host\" : \")[^\"]+", "$1elsewhere"),
                // Its number was given to another process since.
                mine.replaceFirst("\"process_start\" : \\d+", "\"process_start\" : 1"))) {
            write(gone);
            take().close();
        }
        write(mine.replaceFirst("(\"host\" : \")[^\"]+", "$1elsewhere"));
        assertBusy().hasMessageContaining("on elsewhere");
    }

    @Test
    void anotherProcessIsKeptOutAndItsLockTakenOverWhenItIsKilled() throws Exception {
        Process holder = holder("hold");
        assertThat(line(holder)).isEqualTo("held");
        assertBusy().hasMessageContaining("process " + holder.pid());
        holder.destroyForcibly().waitFor();
        take().close();
    }

    @Test
    void ofManyThreadsThatFindOneDeadLockOneTakesIt() throws Exception {
        String dead = contentOfMine().replaceFirst("\"pid\" : \\d+", "\"pid\" : 2147483646");
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                write(dead.replaceFirst("(\"run\" : \")", "$1" + round));
                CyclicBarrier start = new CyclicBarrier(THREADS);
                List<Future<HomeLock>> takers = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    takers.add(threads.submit(() -> {
                        start.await();
                        return takeOrNull();
                    }));
                }
                List<HomeLock> winners = new ArrayList<>();
                for (Future<HomeLock> taker : takers) {
                    if (taker.get() != null) {
                        winners.add(taker.get());
                    }
                }
                assertThat(winners).hasSize(1);
                winners.get(0).requireHeld();
                assertThat(files()).containsExactly("lock");
                winners.get(0).close();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void ofSeveralProcessesThatFindOneDeadLockOneTakesIt() throws Exception {
        String dead = contentOfMine().replaceFirst("\"pid\" : \\d+", "\"pid\" : 2147483646");
        List<Process> takers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            takers.add(holder("race"));
        }
        for (Process taker : takers) {
            assertThat(line(taker)).isEqualTo("ready");
        }
        write(dead);
        for (Process taker : takers) {
            taker.outputWriter().write("go\n");
            taker.outputWriter().flush();
        }
        List<String> ends = new ArrayList<>();
        for (Process taker : takers) {
            ends.add(line(taker));
        }
        assertThat(ends).containsExactlyInAnyOrder("held", "busy", "busy");
        for (Process taker : takers) {
            taker.destroyForcibly().waitFor();
        }
    }

    @Test
    void nobodySeesHalfALock() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> seen = reader.submit(() -> {
                int found = 0;
                while (!over.get()) {
                    Optional<LockFile.State> state = file().read();
                    if (state.isPresent()) {
                        assertThat(state.get().owner()).isNotNull();
                        found++;
                    }
                }
                return found;
            });
            for (int i = 0; i < 10 * ROUNDS; i++) {
                take().close();
            }
            over.set(true);
            assertThat(seen.get()).isPositive();
        } finally {
            over.set(true);
            reader.shutdownNow();
        }
    }

    @Test
    void aGuardWhoseMakerDiedDoesNotBlock() throws IOException {
        String dead = contentOfMine().replaceFirst("\"pid\" : \\d+", "\"pid\" : 2147483646");
        String run = dead.replaceFirst("(?s).*\"run\" : \"([^\"]+)\".*", "$1");
        write(dead);
        Path killed = Files.writeString(path.resolveSibling("lock.takeover-" + run + "-0"), dead);
        Path silent = Files.writeString(path.resolveSibling("lock.takeover-" + run + "-1"), "");
        Files.setLastModifiedTime(silent, FileTime.from(Instant.now().minusSeconds(61)));
        try (HomeLock lock = take()) {
            lock.requireHeld();
            assertThat(killed).doesNotExist();
            assertThat(silent).doesNotExist();
        }
    }

    @Test
    void whoFindsAnotherTakingOverWaitsForItsEnd() throws IOException {
        String living = contentOfMine();
        String dead = contentOfMine().replaceFirst("\"pid\" : \\d+", "\"pid\" : 2147483646");
        String run = dead.replaceFirst("(?s).*\"run\" : \"([^\"]+)\".*", "$1");
        Path guard = Files.writeString(path.resolveSibling("lock.takeover-" + run + "-0"), living);
        write(dead);
        StepTime time = new StepTime(() -> delete(guard));
        take(Purpose.WORK, new LockWait(Duration.ZERO, said -> {}, time)).close();
        assertThat(time.seconds()).isPositive();
    }

    @Test
    void aBeatKeepsALockYoung() throws IOException {
        try (HomeLock lock = take()) {
            age(Duration.ofSeconds(40));
            lock.beat();
            age(Duration.ZERO, Duration.ofSeconds(5));
            lock.requireHeld();
        }
    }

    @Test
    void aBeatThatIsLateIsLost() throws IOException {
        HomeLock lock = take();
        FileTime old = age(Duration.ofSeconds(50));
        lock.beat();
        assertThat(Files.getLastModifiedTime(path)).isEqualTo(old);
        assertThatThrownBy(lock::requireHeld)
                .isInstanceOf(RelaException.class)
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.BUSY);
        lock.close();
        assertThat(path).exists();
    }

    @Test
    void theLockOfAnotherIsNeitherTouchedNorDeleted() throws IOException {
        HomeLock silent = take();
        age(Duration.ofSeconds(61));
        try (HomeLock other = take()) {
            String content = Files.readString(path);
            FileTime modified = Files.getLastModifiedTime(path);
            silent.beat();
            assertThatThrownBy(silent::requireHeld).isInstanceOf(RelaException.class);
            silent.close();
            assertThat(path).hasContent(content);
            assertThat(Files.getLastModifiedTime(path)).isEqualTo(modified);
            other.requireHeld();
        }
    }

    @Test
    void onlyTheClockOfTheStorageCounts() throws IOException {
        for (long hours : new long[] {-3, 3}) {
            fs = new Skewed(Duration.ofHours(hours));
            fs.initialize(folder.toUri(), new Configuration());
            try (HomeLock lock = take()) {
                assertBusy();
                lock.beat();
                lock.requireHeld();
                age(Duration.ofSeconds(61));
                take().close();
            }
        }
    }

    @Test
    void aCommandWaitsAsLongAsItMayAndSaysSoOnce() throws IOException {
        try (HomeLock held = take()) {
            held.requireHeld();
            List<String> said = new ArrayList<>();
            StepTime time = new StepTime(() -> {});
            LockWait wait = new LockWait(Duration.ofSeconds(30), said::add, time);
            assertThatThrownBy(() -> take(Purpose.WORK, wait)).hasMessageContaining("busy: convert");
            assertThat(time.seconds()).isEqualTo(30);
            assertThat(said).hasSize(1).first().asString().contains("waiting for the home, which convert (process");
        }
    }

    @Test
    void whoWaitsTakesTheLockWhenItIsFree() throws IOException {
        HomeLock held = take();
        StepTime time = new StepTime(() -> close(held));
        take(Purpose.WORK, new LockWait(Duration.ofSeconds(30), said -> {}, time))
                .close();
        assertThat(time.seconds()).isLessThan(1);
    }

    @Test
    void everybodyWaitsAMinuteForACommit() throws IOException {
        try (HomeLock commit = take(Purpose.COMMIT, LockWait.none())) {
            commit.requireHeld();
            assertThat(patience(Purpose.WORK, 0)).isEqualTo(60);
            assertThat(patience(Purpose.COMMIT, 0)).isEqualTo(60);
            assertThat(patience(Purpose.COMMIT, 90)).isEqualTo(90);
        }
        try (HomeLock work = take()) {
            work.requireHeld();
            assertThat(patience(Purpose.WORK, 0)).isZero();
            assertThat(patience(Purpose.COMMIT, 0)).isEqualTo(60);
        }
    }

    @Test
    void whatTheKilledLeftAroundALockGoes() throws IOException {
        Files.createDirectories(path.getParent());
        Path old = Files.createFile(path.resolveSibling("lock.aside-1"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(61)));
        Path young = Files.createFile(path.resolveSibling("lock.aside-2"));
        Path other = Files.createFile(path.resolveSibling("lock-epoch=1.aside-3"));
        Files.setLastModifiedTime(other, FileTime.from(Instant.now().minusSeconds(61)));
        take().close();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(other).exists();
    }

    @Test
    void onAnObjectStoreWhatIsReadBackCounts() throws IOException {
        Store store = new Store();
        store.initialize(folder.toUri(), new Configuration());
        fs = store;
        StepTime time = new StepTime(() -> {});
        try (HomeLock lock = take(Purpose.WORK, new LockWait(Duration.ZERO, said -> {}, time))) {
            assertThat(time.seconds()).isEqualTo(1);
            assertThatThrownBy(() -> take(Purpose.WORK, new LockWait(Duration.ZERO, said -> {}, time)))
                    .hasMessageContaining("busy");
            age(Duration.ofSeconds(40));
            lock.beat();
            age(Duration.ZERO, Duration.ofSeconds(5));
            lock.requireHeld();
        }
        String other = contentOfMine();
        // Another command looked before this one wrote, and writes after it.
        StepTime late = new StepTime(() -> write(other));
        assertThatThrownBy(() -> take(Purpose.WORK, new LockWait(Duration.ZERO, said -> {}, late)))
                .hasMessageContaining("busy");
    }

    @Test
    void whereTheStoreLetsOneOfTwoWinNobodyWaits() throws IOException {
        fs = asking(Manner.HEEDS);
        StepTime time = new StepTime(() -> {});
        LockWait wait = new LockWait(Duration.ZERO, said -> {}, time);
        take(Purpose.WORK, wait).close();
        assertThat(time.seconds()).isZero();
        assertThat(path.getParent()).isEmptyDirectory();
        try (HomeLock lock = take(Purpose.WORK, wait)) {
            assertBusy();
            lock.requireHeld();
        }
    }

    @Test
    void aStoreThatDoesNotHeedTheConditionIsNotTrusted() throws IOException {
        fs = asking(Manner.IGNORES);
        StepTime time = new StepTime(() -> {});
        take(Purpose.WORK, new LockWait(Duration.ZERO, said -> {}, time)).close();
        assertThat(time.seconds()).isEqualTo(1);
        assertThat(path.getParent()).isEmptyDirectory();
    }

    private FileSystem asking(Manner manner) throws IOException {
        return FileSystem.get(folder.toUri(), ConditionalFileSystem.configuration(manner));
    }

    /** How many seconds somebody waits for the lock that is held. */
    private double patience(Purpose purpose, int seconds) {
        StepTime time = new StepTime(() -> {});
        LockWait wait = new LockWait(Duration.ofSeconds(seconds), said -> {}, time);
        assertThatThrownBy(() -> take(purpose, wait)).isInstanceOf(RelaException.class);
        return time.seconds();
    }

    private HomeLock take() throws IOException {
        return take(Purpose.WORK, LockWait.none());
    }

    private HomeLock take(Purpose purpose, LockWait wait) throws IOException {
        return HomeLock.take(file(), LockOwner.me("convert", purpose), wait);
    }

    private HomeLock takeOrNull() throws IOException {
        try {
            return take();
        } catch (RelaException busy) {
            assertThat(busy.exitCode()).isEqualTo(ExitCode.BUSY);
            return null;
        }
    }

    private LockFile file() {
        return new LockFile(fs, new org.apache.hadoop.fs.Path(path.toUri()), WHAT);
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertBusy() {
        return assertThatThrownBy(this::take)
                .isInstanceOfSatisfying(
                        RelaException.class, busy -> assertThat(busy.exitCode()).isEqualTo(ExitCode.BUSY));
    }

    private String contentOfMine() throws IOException {
        try (HomeLock lock = take()) {
            lock.requireHeld();
            return Files.readString(path);
        }
    }

    private void write(String content) {
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FileTime age(Duration age) throws IOException {
        FileTime then = FileTime.from(Instant.now().minus(age));
        Files.setLastModifiedTime(path, then);
        return Files.getLastModifiedTime(path);
    }

    private void age(Duration least, Duration most) throws IOException {
        assertThat(Duration.between(Files.getLastModifiedTime(path).toInstant(), Instant.now()))
                .isBetween(least, most);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(path.getParent())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void close(HomeLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process holder(String how) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        how,
                        path.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String line(Process process) throws Exception {
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Callable<String> next = () -> {
                StringBuilder line = new StringBuilder();
                InputStream in = process.getInputStream();
                for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                    line.append((char) c);
                }
                return line.toString();
            };
            return reader.submit(next).get(2, TimeUnit.MINUTES);
        } finally {
            reader.shutdownNow();
        }
    }

    /** A command in a process of its own, which never ends by itself. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            HomeLockTest test = new HomeLockTest();
            test.fs = FileSystem.getLocal(new Configuration()).getRaw();
            if (args[0].equals("race")) {
                // All classes are loaded before the race begins.
                test.path = Path.of(args[1] + "-" + ProcessHandle.current().pid());
                test.take().close();
                System.out.println("ready");
                while (System.in.read() != '\n') {}
            }
            test.path = Path.of(args[1]);
            System.out.println(test.takeOrNull() == null ? "busy" : "held");
            while (System.in.read() >= 0) {}
            Runtime.getRuntime().halt(1);
        }
    }

    /** A local file system whose clock is not that of this machine. */
    private static final class Skewed extends RawLocalFileSystem {
        private final Duration ahead;

        Skewed(Duration ahead) {
            this.ahead = ahead;
        }

        @Override
        public FileStatus getFileStatus(org.apache.hadoop.fs.Path f) throws IOException {
            FileStatus status = super.getFileStatus(f);
            return new FileStatus(
                    status.getLen(),
                    status.isDirectory(),
                    1,
                    status.getBlockSize(),
                    status.getModificationTime() + ahead.toMillis(),
                    status.getPath());
        }

        @Override
        public void setTimes(org.apache.hadoop.fs.Path p, long modified, long accessed) throws IOException {
            super.setTimes(p, modified - ahead.toMillis(), accessed);
        }
    }

    /** A store as the program sees one that it does not know: no rename, no times to set. */
    private static final class Store extends FilterFileSystem {
        Store() {
            super(new RawLocalFileSystem());
        }

        @Override
        public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to) throws IOException {
            throw new IOException("a store copies");
        }

        @Override
        public void setTimes(org.apache.hadoop.fs.Path p, long modified, long accessed) {}
    }
}
