package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.run.Versions;
import io.rela.testing.ExecutorKiller;
import io.rela.testing.Folders;
import io.rela.testing.Rela;
import io.rela.testing.Submitted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The jar under a real spark-submit, in processes of its own, on Spark's own jars. */
@Execution(ExecutionMode.CONCURRENT)
class SparkSubmitIT {
    private static final Pattern TASK_END = Pattern.compile("SparkListenerTaskEnd.*\"Executor ID\":\"(\\w+)\"");
    private static final Pattern CLASS_PATH = Pattern.compile("\"Classpath Entries\":\\{([^}]*)}");
    private static final Pattern ENTRY = Pattern.compile("\"([^\"]+)\":\"([^\"]+)\"");

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    /** What one process and one task make of the pictures. */
    @BeforeAll
    static void convertAlone() throws IOException {
        DemoPictures.write(made.resolve("pictures"));
        Rela.Outcome alone = Rela.run(convert("alone", "--partitions", 1));
        assertThat(alone.code()).as(alone.text()).isEqualTo(ExitCode.DONE);
    }

    private static Object[] convert(String home, Object... more) {
        List<Object> command = new ArrayList<>(List.of("convert", "--input", made.resolve("pictures")));
        command.addAll(List.of("--home", made.resolve(home), "--prior", "builtin:prior", "--dimensions", 16));
        command.addAll(List.of(more));
        return command.toArray();
    }

    @Test
    void theDemoGoesTheWholeWay() throws Exception {
        Path home = folder.resolve("demo");
        Submitted demo = rela("--master", "local[2]", "demo", "--home", home);
        assertThat(demo.code()).as(demo.err()).isZero();
        assertThat(demo.out())
                .contains("640 listed = 636 converted + 4 rejected")
                .contains("nearest neighbour of their own class")
                .contains("uniform chose 318 of 636")
                .contains("Look at it");
        assertThat(demo.err()).doesNotContain("Exception");
    }

    @Test
    @Tag("spark4")
    void twoExecutorProcessesOnSparksOwnJarsGiveTheSameTargetsAsOneThread() throws Exception {
        Path events = Files.createDirectory(folder.resolve("events"));
        List<Object> command = cluster(events, "--conf", "spark.serializer=org.apache.spark.serializer.KryoSerializer");
        command.addAll(List.of(convert("cluster", "--partitions", 3)));
        Submitted two = rela(command.toArray());
        assertThat(two.code()).as(two.err()).isZero();
        Map<String, List<Integer>> expected = Rela.targetBits(made.resolve("alone"));
        assertThat(expected).hasSize(636);
        assertThat(Rela.targetBits(made.resolve("cluster"))).isEqualTo(expected);
        assertThat(executors(events)).containsExactly("0", "1");

        String spark = Folders.build().resolve("spark") + "/";
        Map<String, String> entries = classPath(events);
        assertThat(entries).containsValue("Added By User").hasSizeGreaterThan(100);
        entries.forEach((entry, source) -> {
            if (source.equals("System Classpath")) {
                assertThat(entry).startsWith(spark);
            } else {
                assertThat(entry).startsWith("spark://").endsWith("/jars/" + Versions.built("jar"));
            }
        });
    }

    @Test
    void theDeathOfExecutorsDoesNotShowInASubset() throws Exception {
        List<List<Row>> subsets = new ArrayList<>();
        Path events = Files.createDirectory(folder.resolve("events"));
        for (boolean dying : new boolean[] {false, true}) {
            Path home = folder.resolve("home-" + dying);
            Folders.copy(made.resolve("alone"), home);
            List<Object> distill = List.of(
                    "distill",
                    "--home",
                    home,
                    "--epoch",
                    3,
                    "--learner",
                    "builtin:learner-early",
                    "--policy",
                    "importance",
                    "--ratio",
                    0.5,
                    "--partitions",
                    5);
            if (dying) {
                List<Object> command = cluster(
                        events,
                        "--jars",
                        Submitted.jarOf(ExecutorKiller.class, folder),
                        "--conf",
                        "spark.extraListeners=" + ExecutorKiller.class.getName());
                command.addAll(distill);
                Submitted ended = rela(command.toArray());
                assertThat(ended.code()).as(ended.err()).isZero();
            } else {
                Rela.Outcome alone = Rela.run(distill.toArray());
                assertThat(alone.code()).as(alone.text()).isEqualTo(ExitCode.DONE);
            }
            subsets.add(Rela.rows(home, "subsets/epoch=3"));
        }
        assertThat(subsets.get(1)).hasSize(318).isEqualTo(subsets.get(0));
        assertThat(lines(events).filter(line -> line.contains("SparkListenerExecutorRemoved")))
                .isNotEmpty();
    }

    @Test
    void aFailureIsOneMessageAndItsExitCode() throws Exception {
        Submitted missing = rela(
                "convert",
                "--input",
                folder.resolve("nowhere"),
                "--home",
                folder.resolve("home"),
                "--prior",
                "builtin:prior");
        assertThat(missing.code()).isEqualTo(3);
        assertThat(missing.err().strip().lines()).hasSize(1);
        assertThat(missing.err()).contains("--input").contains("nowhere");
        assertThat(folder.resolve("home")).doesNotExist();
    }

    @Test
    void whatStorageSaysOnAnExecutorComesThroughAsOneMessage() throws Exception {
        Path pictures = folder.resolve("pictures");
        DemoPictures.write(pictures);
        String faults = Folders.build().resolve("test-classes").toString();
        for (String master : List.of("local[2]", "local-cluster[2,1,1024]")) {
            Submitted denied = rela(
                    "--master",
                    master,
                    "--conf",
                    "spark.driver.extraClassPath=" + faults,
                    "--conf",
                    "spark.executor.extraClassPath=" + faults,
                    "--conf",
                    "spark.hadoop.fs.faulty.plan=denied",
                    "convert",
                    "--input",
                    "faulty:" + pictures,
                    "--home",
                    folder.resolve("home").toString(),
                    "--prior",
                    "builtin:prior");
            assertThat(denied.code()).as(denied.err()).isEqualTo(3);
            assertThat(denied.err().lines().filter(line -> line.contains("Permission denied")))
                    .singleElement()
                    .asString()
                    .contains(
                            "rela convert: faulty:" + pictures,
                            ".jpg may not be read: Permission denied: user=nobody",
                            "the same command goes on");
            assertThat(denied.err()).doesNotContain("StorageException");
        }
    }

    /** Spark's options for two executor processes of one core each that leave an event log. */
    private static List<Object> cluster(Path events, Object... more) {
        List<Object> options = new ArrayList<>(List.of("--master", "local-cluster[2,1,1024]"));
        // In one file of plain text, which Spark 4 writes no more unless told to.
        for (String setting :
                List.of("enabled=true", "rolling.enabled=false", "compress=false", "dir=" + events.toUri())) {
            options.addAll(List.of("--conf", "spark.eventLog." + setting));
        }
        options.addAll(List.of(more));
        return options;
    }

    private Submitted rela(Object... args) throws IOException, InterruptedException {
        return Submitted.run(folder, args);
    }

    private static Set<String> executors(Path events) throws IOException {
        return lines(events)
                .map(TASK_END::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> lines(Path events) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> logs = Files.list(events)) {
            for (Path log :
                    logs.filter(path -> !path.toString().endsWith(".crc")).toList()) {
                lines.addAll(Files.readAllLines(log));
            }
        }
        return lines.stream();
    }

    /** The driver's class path by entry, with where each came from. */
    private static Map<String, String> classPath(Path events) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        lines(events).map(CLASS_PATH::matcher).filter(Matcher::find).forEach(found -> {
            Matcher entry = ENTRY.matcher(found.group(1));
            while (entry.find()) {
                entries.put(entry.group(1), entry.group(2));
            }
        });
        return entries;
    }
}
