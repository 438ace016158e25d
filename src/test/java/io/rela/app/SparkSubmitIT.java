package io.rela.app;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Stream;
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
        Set<String> ids = new TreeSet<>();
        try (Stream<Path> logs = Files.list(events)) {
            for (Path log :
                    logs.filter(path -> !path.toString().endsWith(".crc")).toList()) {
                try (Stream<String> lines = Files.lines(log)) {
                    lines.map(TASK_END::matcher).filter(Matcher::find).forEach(found -> ids.add(found.group(1)));
                }
            }
        }
        return ids;
    }
}
