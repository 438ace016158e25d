package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.demo.DemoPictures;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar under a real spark-submit, in processes of its own. */
class SparkSubmitIT {
    private static final Pattern TASK_END = Pattern.compile("SparkListenerTaskEnd.*\"Executor ID\":\"(\\w+)\"");

    @TempDir
    Path folder;

    private record Ended(int code, String out, String err) {}

    @Test
    void theDemoGoesTheWholeWay() throws Exception {
        Path home = folder.resolve("demo");
        Ended demo = rela("--master", "local[2]", "demo", "--home", home.toString());
        assertThat(demo.code()).as(demo.err()).isZero();
        assertThat(demo.out())
                .contains("640 listed = 636 converted + 4 rejected")
                .contains("nearest neighbour of their own class")
                .contains("orderdp chose 318 of 636")
                .contains("Look at it");
        assertThat(demo.err()).doesNotContain("Exception");
    }

    @Test
    void twoExecutorProcessesGiveTheSameTargetsAsOneThread() throws Exception {
        Path pictures = folder.resolve("pictures");
        DemoPictures.write(pictures);
        Path events = Files.createDirectory(folder.resolve("events"));
        Path alone = folder.resolve("alone");
        Path cluster = folder.resolve("cluster");
        Ended one = rela(
                "--master",
                "local[1]",
                "convert",
                "--input",
                pictures.toString(),
                "--home",
                alone.toString(),
                "--prior",
                "builtin:prior",
                "--dimensions",
                "16");
        assertThat(one.code()).as(one.err()).isZero();
        Ended two = rela(
                "--master",
                "local-cluster[2,1,1024]",
                "--conf",
                "spark.serializer=org.apache.spark.serializer.KryoSerializer",
                "--conf",
                "spark.eventLog.enabled=true",
                "--conf",
                "spark.eventLog.dir=" + events.toUri(),
                "convert",
                "--input",
                pictures.toString(),
                "--home",
                cluster.toString(),
                "--prior",
                "builtin:prior",
                "--dimensions",
                "16",
                "--partitions",
                "3");
        assertThat(two.code()).as(two.err()).isZero();
        Map<String, List<Integer>> expected = Rela.targetBits(alone);
        assertThat(expected).hasSize(636);
        assertThat(Rela.targetBits(cluster)).isEqualTo(expected);
        assertThat(executors(events)).containsExactly("0", "1");
    }

    @Test
    void theDeathOfExecutorsDoesNotShowInASubset() throws Exception {
        Path pictures = folder.resolve("pictures");
        DemoPictures.write(pictures);
        List<List<Row>> subsets = new ArrayList<>();
        Path events = Files.createDirectory(folder.resolve("events"));
        for (String master : List.of("local[1]", "local-cluster[2,1,1024]")) {
            Path home = folder.resolve("home" + subsets.size());
            assertThat(rela(
                                    "--master",
                                    "local[2]",
                                    "convert",
                                    "--input",
                                    pictures.toString(),
                                    "--home",
                                    home.toString(),
                                    "--prior",
                                    "builtin:prior",
                                    "--dimensions",
                                    "16")
                            .code())
                    .isZero();
            List<String> command = new ArrayList<>(List.of("--master", master));
            if (!subsets.isEmpty()) {
                command.addAll(List.of(
                        "--conf",
                        "spark.eventLog.enabled=true",
                        "--conf",
                        "spark.eventLog.dir=" + events.toUri(),
                        "--conf",
                        "spark.extraListeners=io.rela.testing.ExecutorKiller",
                        "--conf",
                        "spark.driver.extraClassPath="
                                + Path.of("target/test-classes").toAbsolutePath()));
            }
            command.addAll(List.of(
                    "distill",
                    "--home",
                    home.toString(),
                    "--epoch",
                    "3",
                    "--learner",
                    "builtin:learner-early",
                    "--policy",
                    "importance",
                    "--ratio",
                    "0.5",
                    "--partitions",
                    "5"));
            Ended ended = rela(command.toArray(String[]::new));
            assertThat(ended.code()).as(ended.err()).isZero();
            subsets.add(Rela.rows(home, "subsets/epoch=3"));
        }
        assertThat(withoutUris(subsets.get(1))).hasSize(318).isEqualTo(withoutUris(subsets.get(0)));
        assertThat(lines(events).filter(line -> line.contains("SparkListenerExecutorRemoved")))
                .isNotEmpty();
    }

    private static List<List<Object>> withoutUris(List<Row> rows) {
        return rows.stream()
                .map(row -> List.of(
                        row.getLong(0), row.getString(1), row.getList(7), row.getFloat(8), (Object) row.getFloat(9)))
                .toList();
    }

    @Test
    void aFailureIsOneMessageAndItsExitCode() throws Exception {
        Ended missing = rela(
                "convert",
                "--input",
                folder.resolve("nowhere").toString(),
                "--home",
                folder.resolve("home").toString(),
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
        String faults = Path.of("target/test-classes").toAbsolutePath().toString();
        for (String master : List.of("local[2]", "local-cluster[2,1,1024]")) {
            Ended denied = rela(
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

    private Ended rela(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of("bin", "rela").toString()));
        command.addAll(List.of(args));
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("SPARK_HOME");
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Ended(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
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
}
