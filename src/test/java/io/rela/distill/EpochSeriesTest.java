package io.rela.distill;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.Folders;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several epochs by one command. */
class EpochSeriesTest {
    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private static Path scored;

    @BeforeAll
    static void scoreOnce() throws IOException {
        DemoPictures.write(made.resolve("pictures"));
        scored = made.resolve("home");
        done(Rela.convert(made.resolve("pictures"), scored));
        done(Rela.run("score", "--home", scored, "--epoch", 0, "--learner", "builtin:learner-early"));
    }

    @Test
    void eachSubsetIsThatOfACommandOfItsOwn() throws IOException {
        Path series = copy("series");
        Object[] rule = {"--policy", "seta", "--epochs", 6, "--columns", "index", "--files", 3};
        Path result = folder.resolve("result.json");
        Rela.Outcome outcome = select(series, "1..5", with(rule, "--result-file", result));
        done(outcome);
        assertThat(outcome.text()).contains("epoch 1, seta chose", "epochs 1..5, 5 made, 0 there already");
        Path single = copy("single");
        for (int epoch = 1; epoch <= 5; epoch++) {
            done(select(single, String.valueOf(epoch), rule));
            assertThat(subset(series, epoch)).isEqualTo(subset(single, epoch)).isNotEmpty();
            assertThat(files(series, epoch)).isEqualTo(3);
        }
        assertThat(subset(series, 1)).isNotEqualTo(subset(series, 2));
        JsonNode record = new ObjectMapper().readTree(result.toFile()).path("record");
        assertThat(record.path("epochs")).hasSize(5).allSatisfy(epoch -> {
            assertThat(epoch.path("outcome").asText()).isEqualTo("done");
            assertThat(epoch.path("rows").asLong())
                    .isEqualTo(subset(series, epoch.path("epoch").asInt()).size());
        });
        Rela.Outcome again = select(series, "1..5", rule);
        done(again);
        assertThat(again.text()).contains("0 made, 5 there already");
        Rela.Outcome more = select(series, "4..5", with(rule, "--seed", 7));
        assertThat(more.code()).as("another seed is another setting").isEqualTo(ExitCode.HOME);
        assertThat(more.text()).contains("Epoch 4 of 4..5 was not made.");
        done(Rela.run("inspect", "--home", series));
    }

    @Test
    void oneThatCannotBeMadeLeavesThoseBeforeIt() throws IOException {
        Path home = copy("partly");
        done(select(home, "2", "--policy", "uniform", "--ratio", 0.5));
        Rela.Outcome outcome = select(home, "0..3", "--policy", "uniform", "--ratio", 0.25);
        assertThat(outcome.code()).isEqualTo(ExitCode.HOME);
        assertThat(outcome.text()).contains("Epoch 2 of 0..3 was not made; those before it are there.");
        assertThat(home.resolve("subsets/epoch=1")).exists();
        assertThat(home.resolve("subsets/epoch=3")).doesNotExist();
        Rela.Outcome skipping = select(home, "0..3", "--policy", "uniform", "--ratio", 0.25, "--if-exists", "skip");
        done(skipping);
        assertThat(skipping.text()).contains("1 made, 3 there already");
    }

    @Test
    void onlySubsetsAreMadeInARow() {
        Rela.Outcome learner =
                Rela.run("score", "--home", scored, "--epoch", "1..2", "--learner", "builtin:learner-late");
        assertThat(learner.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(learner.text()).contains("--epoch 1..2: a learner is of one epoch");
        for (String wrong : List.of("3..1", "1..", "-1", "1...2", "99999999999")) {
            Rela.Outcome outcome = select(scored, wrong, "--policy", "uniform", "--ratio", 0.5);
            assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.SETTINGS);
            assertThat(outcome.text()).contains("'" + wrong + "'");
        }
        Rela.Outcome beyond = select(scored, "0..30", "--policy", "uniform", "--ratio", 0.5, "--epochs", 30);
        assertThat(beyond.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(beyond.text()).contains("--epoch 0..30 is not one of --epochs 30");
    }

    private Path copy(String name) throws IOException {
        Path home = folder.resolve(name);
        Folders.copy(scored, home);
        return home;
    }

    private static Rela.Outcome select(Path home, String epochs, Object... more) {
        return Rela.run(with(new Object[] {"select", "--home", home, "--epoch", epochs}, more));
    }

    private static Object[] with(Object[] some, Object... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray();
    }

    /** Rows in the order of the files and of the rows in them, as a reader sees them. */
    private static List<Row> subset(Path home, int epoch) {
        return Rela.rows(home, "subsets/epoch=" + epoch);
    }

    private static long files(Path home, int epoch) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("subsets/epoch=" + epoch))) {
            return files.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .count();
        }
    }
}
