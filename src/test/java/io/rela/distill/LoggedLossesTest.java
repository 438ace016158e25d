package io.rela.distill;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Losses that a training run logged, with all that may be wrong with them; one home, an epoch a test. */
class LoggedLossesTest {
    private static final int SAMPLES = 636;

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private static Path home;
    private static Map<Long, String> ids;

    @BeforeAll
    static void convertOnce() throws IOException {
        DemoPictures.write(made.resolve("pictures"));
        home = made.resolve("home");
        assertThat(Rela.convert(made.resolve("pictures"), home).code()).isEqualTo(ExitCode.DONE);
        ids = new TreeMap<>();
        Rela.rows(home, "targets").forEach(row -> ids.put(row.getLong(0), row.getString(1)));
    }

    @Test
    void theNewestLossOfASampleWinsWhateverTheOrderOfTheRows() throws IOException {
        StringBuilder log = new StringBuilder("step,id,loss\n");
        ids.forEach((index, id) ->
                log.append("20,").append(id).append(',').append(index * 0.001f).append('\n'));
        ids.values().forEach(id -> log.append("3,").append(id).append(",9.5\n"));
        Rela.Outcome outcome = scoreAlone(0, csv(log));
        done(outcome);
        assertThat(outcome.text()).contains(SAMPLES + " scored + 0 without");
        assertThat(losses(0)).hasSize(SAMPLES).allSatisfy((index, loss) -> assertThat(loss)
                .isEqualTo(index * 0.001f));
    }

    @Test
    void aParquetLogByIndexIsReadToo() {
        Path log = folder.resolve("log");
        LocalSpark.session()
                .range(0, 700)
                .select(
                        functions.col("id").as("index"),
                        functions.col("id").multiply(0.5).as("loss"),
                        functions.current_timestamp().as("timestamp"))
                .write()
                .parquet(log.toString());
        Rela.Outcome outcome = scoreAlone(1, log);
        done(outcome);
        assertThat(home.resolve("manifest.json"))
                .content()
                .contains("Of 700 logged losses 64 are of samples that the home does not have");
        assertThat(losses(1)).hasSize(SAMPLES).allSatisfy((index, loss) -> assertThat(loss)
                .isEqualTo(index * 0.5f));
    }

    @Test
    void lossesThatAreNotFiniteAndSamplesWithoutOneAreCounted() throws IOException {
        StringBuilder log = new StringBuilder("index,loss\n");
        List<Long> indices = List.copyOf(ids.keySet());
        for (int i = 0; i < 600; i++) {
            String loss =
                    switch (i) {
                        case 0 -> "nan";
                        case 1 -> "inf";
                        case 2 -> "-Infinity";
                        case 3 -> "1e39";
                        case 4 -> "";
                        case 5 -> "oops";
                        default -> "0." + i;
                    };
            log.append(indices.get(i)).append(',').append(loss).append('\n');
        }
        log.append("99999,1.5\n");
        Rela.Outcome outcome = scoreAlone(2, csv(log));
        done(outcome);
        assertThat(outcome.text()).contains("594 scored + 42 without");
        assertThat(home.resolve("manifest.json"))
                .content()
                .contains("Of 601 logged losses 1 are of samples", "6 are not finite", "\"not-finite-loss\" : 6");
        assertThat(losses(2)).hasSize(594);
        Rela.Outcome selected =
                Rela.run("select", "--home", home, "--epoch", 2, "--policy", "infobatch", "--losses-epoch", 2);
        done(selected);
        assertThat(selected.text()).contains("42 of them without a loss");
        List<Row> subset = Rela.rows(home, "subsets/epoch=2");
        assertThat(subset.stream().filter(row -> row.isNullAt(8)))
                .as("samples without a loss stand at the mean, which infobatch keeps")
                .hasSize(42)
                .allSatisfy(row -> assertThat(row.getFloat(9)).isEqualTo(1));
        done(Rela.run("inspect", "--home", home));
    }

    @Test
    @Tag("slow")
    void twoLossesOfASampleOfWhichNoneIsNewerAreAnError() throws IOException {
        long index = ids.keySet().iterator().next();
        Rela.Outcome plain = scoreAlone(3, csv(new StringBuilder("index,loss\n" + index + ",1\n" + index + ",2\n")));
        assertThat(plain.code()).isEqualTo(ExitCode.INPUT);
        assertThat(plain.text()).contains("2 losses of sample " + index, "--losses-time");
        Rela.Outcome tied =
                scoreAlone(3, csv(new StringBuilder("index,step,loss\n" + index + ",7,1\n" + index + ",7,2\n")));
        assertThat(tied.code()).isEqualTo(ExitCode.INPUT);
        Rela.Outcome named = scoreAlone(
                3,
                csv(new StringBuilder("index,when,loss\n" + index + ",1,1\n" + index + ",2,0.25\n")),
                "--losses-time",
                "when");
        done(named);
        assertThat(losses(3)).containsExactly(Map.entry(index, 0.25f));
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void aLogThatIsNoneIsRefused() throws IOException {
        Rela.Outcome columns = scoreAlone(4, csv(new StringBuilder("sample,error\n1,2\n")));
        assertThat(columns.code()).isEqualTo(ExitCode.INPUT);
        assertThat(columns.text()).contains("lacks loss, index or id");
        Rela.Outcome strangers = scoreAlone(4, csv(new StringBuilder("id,loss\nnobody,2\n")));
        assertThat(strangers.code()).isEqualTo(ExitCode.INPUT);
        assertThat(strangers.text()).contains("no finite loss of a sample of this home");
        Rela.Outcome missing = scoreAlone(4, folder.resolve("gone.csv"));
        assertThat(missing.code()).isEqualTo(ExitCode.INPUT);
        Path text = Files.writeString(folder.resolve("log.parquet"), "not parquet");
        assertThat(scoreAlone(4, text).code()).isEqualTo(ExitCode.INPUT);
        assertThat(home.resolve("losses/epoch=4")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void anIndexThatIsNotWholeIsNobodys() throws IOException {
        done(scoreAlone(6, csv(new StringBuilder("index,loss\n3.7,1\n4.0,2\n-1,3\nx,4\n,5\n1e30,6\n-1e30,7\n"))));
        assertThat(losses(6)).containsExactly(Map.entry(4L, 2f));
        Path log = folder.resolve("doubles");
        LocalSpark.session()
                .sql("select col1 as index, col2 as loss from values (double('NaN'), 1d), (3.5d, 2d), (5d, 3d)")
                .write()
                .parquet(log.toString());
        done(scoreAlone(7, log));
        assertThat(losses(7)).containsExactly(Map.entry(5L, 3f));
    }

    @Test
    @Tag("slow")
    void textTellsNewerFromOlderAsANumberOrATime() throws IOException {
        Path log = folder.resolve("text");
        LocalSpark.session()
                .sql(
                        "select 3L as index, float(col2) as loss, col1 as step from values ('9', 1), ('10', 2), ('NaN', 3)")
                .write()
                .parquet(log.toString());
        done(scoreAlone(8, log));
        assertThat(losses(8)).containsExactly(Map.entry(3L, 2f));
        done(scoreAlone(
                9,
                csv(new StringBuilder("index,loss,at.all\n3,1,2024-01-02 10:00:00\n3,2,2024-01-01 10:00:00\n")),
                "--losses-time",
                "at.all"));
        assertThat(losses(9)).containsExactly(Map.entry(3L, 1f));
    }

    @Test
    void aLogThatIsNotOneTableOfNumbersIsRefused() throws IOException {
        Path several = Files.createDirectory(folder.resolve("several"));
        Files.writeString(several.resolve("a.csv"), "index,loss\n1,2\n");
        Files.writeString(several.resolve("b.csv"), "loss,index\n3,4\n");
        Rela.Outcome swapped = scoreAlone(10, several);
        assertThat(swapped.code()).as(swapped.text()).isEqualTo(ExitCode.INPUT);
        Path lists = folder.resolve("lists");
        LocalSpark.session()
                .sql("select 3L as index, array(1f) as loss")
                .write()
                .parquet(lists.toString());
        Rela.Outcome list = scoreAlone(10, lists);
        assertThat(list.code()).as(list.text()).isEqualTo(ExitCode.INPUT);
        assertThat(list.text()).contains("column loss of type array<float>");
    }

    @Test
    void selectTakesALogDirectly() throws IOException {
        StringBuilder log = new StringBuilder("id,loss\n");
        ids.forEach(
                (index, id) -> log.append(id).append(',').append(1000 - index).append('\n'));
        done(Rela.run(
                "select", "--home", home, "--epoch", 5, "--losses", csv(log), "--policy", "easy", "--ratio", 0.01));
        assertThat(Rela.rows(home, "subsets/epoch=5").stream()
                        .map(row -> row.getLong(0))
                        .sorted())
                .containsExactlyElementsOf(
                        ids.keySet().stream().skip(SAMPLES - 6).toList());
        Rela.Outcome both = Rela.run(
                "score", "--home", home, "--epoch", 5, "--losses", csv(log), "--learner", "builtin:learner-early");
        assertThat(both.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(both.text()).contains("both give losses");
    }

    @Test
    void lossesAreLaidOverThoseOfTheLastEpochThatHasSome() throws IOException {
        StringBuilder first = new StringBuilder("id,loss\n");
        ids.values().forEach(id -> first.append(id).append(",0.5\n"));
        done(score(20, csv(first)));
        List<Long> indices = List.copyOf(ids.keySet());
        StringBuilder second = new StringBuilder("index,loss\n");
        indices.subList(0, 300).forEach(index -> second.append(index).append(",0.25\n"));
        second.append(indices.get(300)).append(",nan\n");
        Path log = csv(second);
        Rela.Outcome laid = score(24, log, "--losses-onto", "newest");
        done(laid);
        assertThat(laid.text())
                .contains(
                        "300 of 636 samples have one, 336 keep an earlier one, 0 have none",
                        "636 scored + 0 without a loss");
        assertThat(losses(24)).hasSize(SAMPLES);
        assertThat(losses(24))
                .allSatisfy((index, loss) -> assertThat(loss).isEqualTo(index < indices.get(300) ? 0.25f : 0.5f));
        assertThat(home.resolve("manifest.json"))
                .content()
                .contains("\"earlier\" : 336", "\"losses_onto\" : 20", "1 are not finite");
        Rela.Outcome again = score(24, log);
        done(again);
        assertThat(again.text()).as("newest is the default").contains("nothing to do");
        Rela.Outcome alone = score(24, log, "--losses-onto", "none");
        assertThat(alone.code()).isEqualTo(ExitCode.HOME);
        done(score(24, log, "--losses-onto", "none", "--if-exists", "overwrite"));
        assertThat(losses(24)).hasSize(300);
        done(score(25, log, "--losses-onto", "20"));
        StringBuilder late =
                new StringBuilder("index,loss\n").append(indices.get(0)).append(",1\n");
        done(score(27, csv(first), "--losses-onto", "none"));
        Path newer = csv(late);
        done(score(28, newer));
        done(scoreAlone(26, log));
        assertThat(score(28, newer).text())
                .as("what it was laid over is settled")
                .contains("nothing to do");
        assertThat(losses(25)).hasSize(SAMPLES);
    }

    @Test
    void lossesAreLaidOverNoEpochThatHasNone() throws IOException {
        Path log = csv(new StringBuilder("index,loss\n3,0.5\n"));
        Rela.Outcome own = score(30, log, "--losses-onto", "30");
        assertThat(own.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(own.text()).contains("--losses-onto 30 is the epoch whose losses are made");
        Rela.Outcome none = score(30, log, "--losses-onto", "29");
        assertThat(none.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(none.text()).contains("--losses-onto 29", "has no losses of that epoch");
        Rela.Outcome word = score(30, log, "--losses-onto", "last");
        assertThat(word.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(word.text()).contains("--losses-onto last: write newest, the number of an epoch, or none");
    }

    private Path csv(StringBuilder content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "log", ".csv"), content);
    }

    private static Rela.Outcome score(int epoch, Path log, Object... more) {
        Object[] args = {"score", "--home", home, "--epoch", epoch, "--losses", log, "--verbose"};
        return Rela.run(Stream.concat(Stream.of(args), Stream.of(more)).toArray());
    }

    /** Whatever other tests have logged in this home. */
    private static Rela.Outcome scoreAlone(int epoch, Path log, Object... more) {
        return score(
                epoch,
                log,
                Stream.concat(Stream.of(more), Stream.of("--losses-onto", "none"))
                        .toArray());
    }

    private static Map<Long, Float> losses(int epoch) {
        Map<Long, Float> losses = new TreeMap<>();
        Rela.rows(home, "losses/epoch=" + epoch).forEach(row -> losses.put(row.getLong(0), row.getFloat(1)));
        return losses;
    }
}
