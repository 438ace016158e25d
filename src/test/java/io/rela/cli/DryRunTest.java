package io.rela.cli;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that only tell what they would do. */
class DryRunTest {
    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private static Path pictures;
    private static Path home;

    @BeforeAll
    static void convertOnce() throws IOException {
        pictures = made.resolve("pictures");
        DemoPictures.write(pictures);
        home = made.resolve("home");
        done(Rela.run("convert", "--input", pictures, "--prior", "builtin:prior", "--home", home));
    }

    @Test
    void aConversionTellsItsWorkAndWritesNothing() throws IOException {
        Path result = folder.resolve("result.json");
        Path fresh = folder.resolve("fresh");
        Rela.Outcome outcome = convert(fresh, "--wave-size", 256, "--result-file", result);
        done(outcome);
        assertThat(outcome.text())
                .contains("dry run, would convert all pictures")
                .containsPattern("pictures +640 of 900,091 bytes in all, 8 classes")
                .containsPattern("work +3 waves of up to 256 pictures")
                .containsPattern("dimensions +auto")
                .containsPattern("memory +outside of the heap");
        assertThat(fresh).doesNotExist();
        JsonNode record = new ObjectMapper().readTree(result.toFile()).path("record");
        assertThat(record.path("source")).isEqualTo(fingerprint());
        assertThat(record.path("work").path("waves").asInt()).isEqualTo(3);
        assertThat(record.path("needs").path("features").asLong()).isEqualTo(640L * (8 + 144 * 4));
    }

    @Test
    void aConversionOfAHomeThatIsThereTellsWhatWouldBecomeOfIt() throws IOException {
        Map<String, String> before = tree(home);
        assertThat(told(convert(home))).contains("would do nothing: it is done");
        assertThat(told(convert(home, "--dimensions", 8, "--if-exists", "skip")))
                .contains("skipped");
        assertThat(told(convert(home, "--dimensions", 8, "--if-exists", "overwrite")))
                .contains("would keep features and make axes and targets anew");
        assertThat(told(convert(home, "--batch-size", 7, "--if-exists", "overwrite")))
                .contains("would convert anew, and what is there would go");
        Rela.Outcome refused = convert(home, "--dimensions", 8);
        assertThat(refused.code()).isEqualTo(ExitCode.HOME);
        assertThat(refused.text()).contains("dimensions was auto, is 8");
        assertThat(tree(home)).isEqualTo(before);
        Path single = Files.createDirectory(folder.resolve("single"));
        try (Stream<Path> found = Files.walk(pictures)) {
            Path one = found.filter(Files::isRegularFile).findFirst().orElseThrow();
            Files.copy(one, single.resolve(one.getFileName()));
        }
        Rela.Outcome few = Rela.run(
                "convert", "--input", single, "--prior", "builtin:prior", "--home", folder.resolve("few"), "--dry-run");
        assertThat(few.code()).isEqualTo(ExitCode.INPUT);
        Path foreign = Files.createDirectory(folder.resolve("foreign"));
        Files.writeString(foreign.resolve("thesis.tex"), "");
        assertThat(convert(foreign).code()).isEqualTo(ExitCode.HOME);
    }

    @Test
    void anEpochTellsItsStepsAndWritesNothing() throws IOException {
        Map<String, String> before = tree(home);
        Rela.Outcome both = Rela.run(
                "distill",
                "--home",
                home,
                "--epoch",
                3,
                "--learner",
                "builtin:learner-late",
                "--policy",
                "hard",
                "--ratio",
                0.25,
                "--dry-run");
        assertThat(told(both))
                .contains(
                        "epoch 3 would run the learner over 636 samples in 1 waves",
                        "then choose 159 of 636 samples by hard")
                .containsPattern("subsets +policy +hard");
        Rela.Outcome blind =
                Rela.run("select", "--home", home, "--epoch", 3, "--policy", "hard", "--ratio", 0.25, "--dry-run");
        assertThat(blind.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(blind.text()).contains("needs losses");
        Rela.Outcome row = Rela.run(
                "select", "--home", home, "--epoch", "0..2", "--policy", "uniform", "--ratio", 0.5, "--dry-run");
        assertThat(told(row))
                .contains(
                        "epoch 2 would choose 318 of 636 samples by uniform",
                        "epochs 0..2, 3 would be made, 0 there already");
        Path strange = Files.writeString(folder.resolve("strange.csv"), "sample,error\n1,0.5\n");
        assertThat(Rela.run("score", "--home", home, "--epoch", 3, "--losses", strange, "--dry-run")
                        .code())
                .isEqualTo(ExitCode.INPUT);
        Path log = Files.writeString(folder.resolve("log.csv"), "index,loss\n1,0.5\n");
        assertThat(told(Rela.run("score", "--home", home, "--epoch", 3, "--losses", log, "--dry-run")))
                .contains("epoch 3 would read 17 bytes of logged losses");
        assertThat(tree(home)).isEqualTo(before);
    }

    private static Rela.Outcome convert(Path to, Object... more) {
        Object[] args = {"convert", "--input", pictures, "--prior", "builtin:prior", "--home", to, "--dry-run"};
        return Rela.run(Stream.concat(Stream.of(args), Stream.of(more)).toArray());
    }

    private static JsonNode fingerprint() throws IOException {
        return new ObjectMapper()
                .readTree(home.resolve("manifest.json").toFile())
                .path("records")
                .path(0)
                .path("source");
    }

    private static String told(Rela.Outcome outcome) {
        done(outcome);
        return outcome.text();
    }

    /** Every file and folder with its length and when it was changed. */
    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                found.put(file.toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return found;
    }
}
