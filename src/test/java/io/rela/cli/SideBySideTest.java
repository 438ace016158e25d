package io.rela.cli;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.demo.DemoPictures;
import io.rela.distill.Distillation;
import io.rela.distill.EpochRequest;
import io.rela.home.DatasetHome;
import io.rela.home.HomeRequest;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.HomeRecord;
import io.rela.run.CommandRun;
import io.rela.table.Tables;
import io.rela.testing.FaultyFileSystem;
import io.rela.testing.Folders;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import io.rela.testing.StepTime;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands that work in one home at the same time, or want to. */
class SideBySideTest {
    private static final int ROUNDS = 3;
    private static final List<List<Object>> POLICIES = List.of(
            List.of("uniform"),
            List.of("importance"),
            List.of("rcap", "--classes", "cluster", "--clusters", 8),
            List.of("rcap", "--classes", "cluster", "--clusters", 8, "--temperature", 2));

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private Path home;

    @BeforeAll
    static void convertAndScoreOnce() throws IOException {
        LocalSpark.session();
        DemoPictures.write(made.resolve("pictures"));
        done(convert(made.resolve("home")));
        done(Rela.run(
                "score",
                "--home",
                made.resolve("home"),
                "--epoch",
                0,
                "--learner",
                Rela.prior("learner8").toString()));
    }

    @BeforeEach
    void copyHome() throws IOException {
        home = folder.resolve("home");
        Folders.copy(made.resolve("home"), home);
    }

    @Test
    @Tag("slow")
    void selectsOfDifferentEpochsRunAtOnceAndChooseWhatTheyChooseAlone() throws Exception {
        Path alone = folder.resolve("alone");
        Folders.copy(made.resolve("home"), alone);
        ExecutorService threads = Executors.newFixedThreadPool(POLICIES.size());
        try {
            for (int round = 0; round < ROUNDS; round++) {
                List<Future<Rela.Outcome>> running = new ArrayList<>();
                for (int i = 0; i < POLICIES.size(); i++) {
                    Object[] select = select(home, epoch(round, i), POLICIES.get(i));
                    running.add(threads.submit(() -> Rela.run(select)));
                }
                for (Future<Rela.Outcome> select : running) {
                    done(select.get());
                }
            }
        } finally {
            threads.shutdownNow();
        }
        Set<Integer> epochs = new TreeSet<>();
        for (HomeRecord record : manifest()) {
            if (record instanceof EpochRecord epoch && epoch.subset() != null) {
                epochs.add(epoch.epoch());
            }
        }
        assertThat(epochs).hasSize(ROUNDS * POLICIES.size());
        for (int i = 0; i < POLICIES.size(); i++) {
            done(Rela.run(select(alone, epoch(0, i), POLICIES.get(i))));
            String subset = Tables.epoch(Tables.SUBSET, epoch(0, i));
            assertThat(Rela.rows(home, subset)).isEqualTo(Rela.rows(alone, subset));
        }
        done(Rela.run("inspect", "--home", home));
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void theSameClustersAreMadeOnceThoughTwoCommandsMakeThem() throws IOException {
        Path lock = occupy("commit");
        StepTime time = new StepTime(once(() -> {
            delete(lock);
            done(Rela.run(select(home, 6, POLICIES.get(2))));
        }));
        run(select(time, "--policy", "rcap", "--classes", "cluster", "--clusters", "8"));
        List<HomeRecord> records = manifest();
        EpochRecord last = (EpochRecord) records.get(records.size() - 1);
        assertThat(last.epoch()).isEqualTo(5);
        assertThat(last.subset().clusters()).isNull();
        assertThat(((EpochRecord) records.get(records.size() - 2)).subset().clusters())
                .isNotNull();
        done(Rela.run("inspect", "--home", home));
    }

    @Test
    void anotherConversionMeanwhileMakesTheWorkVoid() throws IOException {
        Path lock = occupy("commit");
        StepTime time = new StepTime(once(() -> {
            delete(lock);
            done(convert(home, "--seed", 1, "--if-exists", "overwrite"));
        }));
        assertBusy(select(time, "--policy", "uniform"))
                .hasMessageContaining("the targets are those of another conversion");
        assertThat(home.resolve("subsets")).doesNotExist();
        assertThat(home.resolve(".rela")).doesNotExist();
        assertThat(manifest()).last().extracting(HomeRecord::command).isEqualTo("convert");
    }

    @Test
    void anEpochThatWasWrittenMeanwhileStays() throws IOException {
        Path lock = occupy("commit");
        StepTime time = new StepTime(once(() -> {
            delete(lock);
            // What somebody does who does not believe in locks.
            delete(home.resolve(".rela/lock-epoch=5"));
            done(Rela.run(select(home, 5, POLICIES.get(1))));
        }));
        assertBusy(select(time, "--policy", "uniform")).hasMessageContaining("subsets/epoch=5 was written meanwhile");
        assertThat(manifest())
                .last()
                .extracting(record ->
                        ((EpochRecord) record).subset().settings().policy().policy())
                .isEqualTo("importance");
        assertThat(home.resolve(".rela")).doesNotExist();
        done(Rela.run("inspect", "--home", home));
    }

    @Test
    void lossesThatWereReplacedWhileTheyWereReadMakeTheWorkVoid() throws IOException {
        Path lock = occupy("commit");
        StepTime time = new StepTime(once(() -> {
            delete(lock);
            done(Rela.run(
                    "score",
                    "--home",
                    home,
                    "--epoch",
                    0,
                    "--learner",
                    Rela.prior("learner12"),
                    "--if-exists",
                    "overwrite"));
        }));
        assertBusy(select(time, "--policy", "hard"))
                .hasMessageContaining("losses/epoch=0, which was read, was written anew");
        assertThat(home.resolve("subsets")).doesNotExist();
    }

    @Test
    void lossesThatAreReplacedUnderTheTaskThatReadsThemMakeTheWorkVoid() throws Exception {
        AtomicReference<Thread> scoring = new AtomicReference<>();
        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void open(org.apache.hadoop.fs.Path file, int time) throws IOException {
                if (TaskContext.get() == null || !file.getParent().getName().equals("epoch=0")) {
                    return;
                }
                Thread score = new Thread(() -> done(Rela.run(
                        "score",
                        "--home",
                        home,
                        "--epoch",
                        0,
                        "--learner",
                        Rela.prior("learner12"),
                        "--if-exists",
                        "overwrite")));
                if (!scoring.compareAndSet(null, score)) {
                    return;
                }
                score.start();
                try {
                    score.join();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
                throw new FileNotFoundException(file.toString());
            }
        });
        try {
            Rela.Outcome outcome = Rela.run(select(Path.of("faulty:" + home), 5, List.of("hard")));
            assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.BUSY);
            assertThat(outcome.text()).contains("losses/epoch=0, which was read, was written anew");
        } finally {
            FaultyFileSystem.heal();
        }
    }

    @Test
    void aScoringThatWaitsForItsCommitInVainGoesOnFromThereTheNextTime() throws IOException {
        Path lock = occupy("commit");
        String learner = Rela.prior("learner8").toString();
        StepTime time = new StepTime(() -> {});
        EpochRequest score = request(new ScoreCommand(), time, "--epoch", "2", "--learner", learner);
        assertBusy(score).hasMessageContaining("busy: select (process 1 on elsewhere) holds file:");
        assertThat(time.seconds()).isEqualTo(60);
        assertThat(home.resolve("losses/epoch=2")).doesNotExist();
        delete(lock);
        // Other work on the same epoch leaves it alone, whether it succeeds or fails.
        done(Rela.run(select(home, 2, POLICIES.get(0))));
        assertThat(Rela.run(select(home, 2, List.of("hard"))).code()).isEqualTo(ExitCode.HOME);
        done(Rela.run("score", "--home", home, "--epoch", 2, "--learner", learner));
        assertThat(manifest()).last().satisfies(record -> assertThat(
                        record.run().warnings())
                .anySatisfy(warning -> assertThat(warning).contains("Going on where an earlier run stopped")));
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    @Test
    void aHomeThatAnotherCommandWorksOnIsBusy() throws IOException {
        Path lock = occupy("work");
        Set<Path> before = files();
        for (Rela.Outcome outcome : List.of(
                convert(home, "--seed", 1, "--if-exists", "overwrite"), Rela.run(select(home, 5, POLICIES.get(0))))) {
            assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.BUSY);
            assertThat(outcome.text())
                    .contains(
                            "busy: select (process 1 on elsewhere) holds file:", "try again, or wait with --wait-lock");
        }
        assertThat(files()).isEqualTo(before);
        StepTime time = new StepTime(once(() -> delete(lock)));
        run(select(time, "--policy", "uniform", "--wait-lock", "30"));
        assertThat(home.resolve("subsets/epoch=5")).exists();
        assertThat(convert(home, "--wait-lock", -1).code()).isEqualTo(ExitCode.SETTINGS);
    }

    private static int epoch(int round, int number) {
        return 1 + round * POLICIES.size() + number;
    }

    private static Rela.Outcome convert(Path home, Object... more) {
        List<Object> args = new ArrayList<>(List.of("--batch-size", 32));
        args.addAll(List.of(more));
        return Rela.convert(made.resolve("pictures"), home, args.toArray());
    }

    private static Object[] select(Path home, int epoch, List<Object> policy) {
        List<Object> args =
                new ArrayList<>(List.of("select", "--home", home, "--epoch", epoch, "--ratio", 0.3, "--policy"));
        args.addAll(policy);
        return args.toArray();
    }

    private EpochRequest select(StepTime time, String... policy) {
        return request(
                new SelectCommand(),
                time,
                Stream.concat(Stream.of("--epoch", "5", "--ratio", "0.5"), Stream.of(policy))
                        .toArray(String[]::new));
    }

    /** What the command asks for with these options, where waiting takes the test's time. */
    private EpochRequest request(EpochCommand command, StepTime time, String... options) {
        CommandLine line = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
        line.parseArgs(Stream.concat(Stream.of("--home", home.toString()), Stream.of(options))
                .toArray(String[]::new));
        EpochRequest asked = command.request(command.epoch.first());
        return new EpochRequest(
                new HomeRequest(
                        asked.home().uri(),
                        asked.home().ifExists(),
                        asked.home().waitForLock(),
                        time),
                asked.epoch(),
                asked.seed(),
                asked.partitions(),
                asked.losses(),
                asked.subset(),
                false);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertBusy(EpochRequest asked) {
        return assertThatThrownBy(() -> run(asked))
                .isInstanceOfSatisfying(
                        RelaException.class, busy -> assertThat(busy.exitCode()).isEqualTo(ExitCode.BUSY));
    }

    private static void run(EpochRequest asked) {
        PrintStream said = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        try (CommandRun run = CommandRun.start(asked.losses().isPresent() ? "score" : "select", said, said)) {
            assertThat(Distillation.run(asked, run).message()).contains("epoch");
        }
    }

    /** The lock of a living command, somewhere. */
    private Path occupy(String purpose) throws IOException {
        Path lock = Files.createDirectories(home.resolve(".rela")).resolve("lock");
        Files.writeString(
                lock,
                "{\"run\":\"another\",\"host\":\"elsewhere\",\"pid\":1,\"since\":\"2026-01-01T00:00:00Z\","
                        + "\"command\":\"select\",\"purpose\":\"" + purpose + "\"}");
        // It stays young, however long the machine takes.
        return Files.setLastModifiedTime(lock, FileTime.from(Instant.now().plus(Duration.ofDays(1))));
    }

    private static Runnable once(Runnable work) {
        List<Runnable> left = new ArrayList<>(List.of(work));
        return () -> {
            if (!left.isEmpty()) {
                left.remove(0).run();
            }
        };
    }

    private List<HomeRecord> manifest() {
        return DatasetHome.at(home.toString(), new Configuration()).manifest().records();
    }

    private Set<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
