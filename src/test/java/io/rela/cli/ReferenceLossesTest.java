package io.rela.cli;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.rank.Draw;
import io.rela.table.Tables;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Losses that a policy compares others with, of an epoch or of a log; one home, subsets of several epochs. */
class ReferenceLossesTest {
    private static final int SAMPLES = 636;
    private static final int REFERENCE = 1_000;

    @TempDir
    static Path made;

    private static Path home;
    private static Map<Long, Float> losses;
    private static Map<Long, Float> references;
    private static Map<Long, String> ids;

    @TempDir
    Path folder;

    @BeforeAll
    static void scoreTwice() throws IOException {
        DemoPictures.write(made.resolve("pictures"));
        home = made.resolve("home");
        done(Rela.convert(made.resolve("pictures"), home, "--batch-size", 32));
        done(Rela.run("score", "--home", home, "--epoch", 0, "--learner", Rela.prior("learner8")));
        done(Rela.run("score", "--home", home, "--epoch", REFERENCE, "--learner", Rela.prior("learner12")));
        losses = losses(0);
        references = losses(REFERENCE);
        ids = new TreeMap<>();
        Rela.rows(home, "targets").forEach(row -> ids.put(row.getLong(0), row.getString(1)));
    }

    @Test
    @Tag("slow")
    void anEpochAndALogOfTheSameLossesGiveTheSameSubset() throws IOException {
        done(select(1, "--reference-losses-epoch", REFERENCE));
        List<Row> subset = Rela.rows(home, "subsets/epoch=1");
        assertThat(indices(subset)).isEqualTo(largest(1, 0.25, losses, references));
        assertThat(subset).allSatisfy(row -> {
            assertThat(row.<Float>getAs(Tables.LOSS)).isEqualTo(losses.get(row.getLong(0)));
            assertThat(row.<Float>getAs(Tables.WEIGHT)).isEqualTo(1);
        });
        Path log = log(references);
        done(select(1, "--reference-losses", log, "--if-exists", "overwrite"));
        assertThat(Rela.rows(home, "subsets/epoch=1")).isEqualTo(subset);
        try (var files = Files.list(home)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("a log of reference losses is no table of the home")
                    .noneMatch(name -> name.contains("reference"));
        }
        assertThat(home.resolve(".rela")).doesNotExist();
        done(Rela.run("inspect", "--home", home));
    }

    @Test
    void theSameReferenceChangesNothingAndAnotherIsRefused() throws IOException {
        Path log = log(references);
        done(select(2, "--reference-losses", log));
        byte[] before = Files.readAllBytes(home.resolve("manifest.json"));
        assertThat(select(2, "--reference-losses", log).text()).contains("nothing to do");
        assertThat(Files.readAllBytes(home.resolve("manifest.json"))).isEqualTo(before);
        Rela.Outcome epoch = select(2, "--reference-losses-epoch", REFERENCE);
        assertThat(epoch.code()).isEqualTo(ExitCode.HOME);
        assertThat(epoch.text()).contains("reference-losses was " + log);
        Files.writeString(log, "nobody,1\n", java.nio.file.StandardOpenOption.APPEND);
        Rela.Outcome longer = select(2, "--reference-losses", log);
        assertThat(longer.code()).isEqualTo(ExitCode.HOME);
        assertThat(longer.text()).contains("reference-losses-bytes was ");
    }

    @Test
    void aSampleWithoutAReferenceLossStandsAtTheMeanOfTheOthers() throws IOException {
        Map<Long, Float> half = new TreeMap<>();
        references.forEach((index, loss) -> {
            if (index % 2 == 0) {
                half.put(index, loss);
            }
        });
        done(select(3, "--reference-losses", log(half)));
        assertThat(home.resolve("manifest.json"))
                .content()
                .contains(
                        "Of " + half.size() + " logged reference losses 0 are of samples",
                        half.size() + " of " + SAMPLES + " samples have one");
        double mean = half.values().stream().mapToDouble(Float::doubleValue).sum() / half.size();
        float stand = (float) mean < mean ? Math.nextUp((float) mean) : (float) mean;
        Map<Long, Float> standing = new TreeMap<>();
        for (long index : ids.keySet()) {
            standing.put(index, half.getOrDefault(index, stand));
        }
        assertThat(indices(Rela.rows(home, "subsets/epoch=3"))).isEqualTo(largest(3, 0.25, losses, standing));
    }

    @Test
    void distillComparesTheLossesThatItMakes() {
        done(Rela.run(
                "distill",
                "--home",
                home,
                "--epoch",
                4,
                "--learner",
                Rela.prior("learner8"),
                "--policy",
                "learnable",
                "--ratio",
                0.25,
                "--reference-losses-epoch",
                REFERENCE));
        assertThat(indices(Rela.rows(home, "subsets/epoch=4"))).isEqualTo(largest(4, 0.25, losses(4), references));
    }

    @Test
    @Tag("slow")
    void aReferenceThatIsMissingOrTheSameIsRefused() throws IOException {
        refused(select(5), ExitCode.SETTINGS, "--reference-losses-epoch is missing: --policy learnable compares");
        refused(select(5, "--reference-losses-epoch", 7), ExitCode.SETTINGS, "has no losses of that epoch");
        refused(select(5, "--reference-losses-epoch", 0), ExitCode.SETTINGS, "is the epoch whose losses are compared");
        refused(
                select(5, "--reference-losses", log(Map.of(9_999L, 1f))),
                ExitCode.INPUT,
                "--reference-losses",
                "holds no finite loss of a sample of this home");
        Path columns = Files.writeString(folder.resolve("columns.csv"), "sample,error\n1,2\n");
        refused(select(5, "--reference-losses", columns), ExitCode.INPUT, "lacks loss, index or id");
        Path twice = Files.writeString(folder.resolve("twice.csv"), "index,loss\n0,1\n0,2\n");
        refused(select(5, "--reference-losses", twice), ExitCode.INPUT, "--reference-losses-time.");
        Path named = Files.writeString(folder.resolve("named.csv"), "index,at,loss\n0,1,1\n0,2,2\n");
        done(select(5, "--reference-losses", named, "--reference-losses-time", "at"));
    }

    @Test
    void lossesOfAnotherKindAreWarnedAbout() {
        done(Rela.run("score", "--home", home, "--epoch", 2_000, "--learner", Rela.prior("learner8"), "--loss", "mse"));
        done(select(6, "--reference-losses-epoch", 2_000));
        assertThat(home.resolve("manifest.json"))
                .content()
                .contains("The losses are cosine, the reference losses of epoch 2000 mse");
    }

    private static Rela.Outcome select(int epoch, Object... more) {
        List<Object> args = new ArrayList<>(List.of(
                "select",
                "--home",
                home,
                "--epoch",
                epoch,
                "--losses-epoch",
                0,
                "--policy",
                "learnable",
                "--ratio",
                0.25));
        args.addAll(List.of(more));
        return Rela.run(args.toArray());
    }

    /** By a sort of all. */
    private static Set<Long> largest(int epoch, double ratio, Map<Long, Float> losses, Map<Long, Float> references) {
        Draw draw = new Draw(0, "learnable", epoch);
        return new HashSet<>(losses.keySet().stream()
                .sorted(Comparator.<Long>comparingDouble(index -> (double) references.get(index) - losses.get(index))
                        .thenComparing(draw::bits, Long::compareUnsigned))
                .limit((long) (SAMPLES * ratio))
                .toList());
    }

    private Path log(Map<Long, Float> losses) throws IOException {
        StringBuilder log = new StringBuilder("id,loss\n");
        losses.forEach((index, loss) -> log.append(ids.getOrDefault(index, "nobody"))
                .append(',')
                .append(loss)
                .append('\n'));
        return Files.writeString(Files.createTempFile(folder, "log", ".csv"), log);
    }

    private static Map<Long, Float> losses(int epoch) {
        Map<Long, Float> losses = new TreeMap<>();
        Rela.rows(home, "losses/epoch=" + epoch).forEach(row -> losses.put(row.getLong(0), row.getFloat(1)));
        return losses;
    }

    private static Set<Long> indices(List<Row> rows) {
        Set<Long> indices = new HashSet<>();
        rows.forEach(row -> indices.add(row.getLong(0)));
        return indices;
    }

    private static void refused(Rela.Outcome outcome, ExitCode code, String... texts) {
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(code);
        assertThat(outcome.text()).contains(texts);
    }
}
