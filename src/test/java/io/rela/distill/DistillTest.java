package io.rela.distill;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.home.DatasetHome;
import io.rela.loss.LossKind;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.LossSettings;
import io.rela.table.Tables;
import io.rela.testing.FaultyFileSystem;
import io.rela.testing.Folders;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands distill, score and select on the demo's 640 pictures, of which 636 have a target. */
class DistillTest {
    private static final int SAMPLES = 636;

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private Path home;

    @BeforeAll
    static void convertOnce() throws IOException {
        DemoPictures.write(made.resolve("pictures"));
        done(Rela.convert(made.resolve("pictures"), made.resolve("home"), "--batch-size", 32));
    }

    @BeforeEach
    void copyHome() throws IOException {
        home = folder.resolve("home");
        Folders.copy(made.resolve("home"), home);
    }

    @Test
    void lossesAreThoseOfTheLearnersOutputsAndTheTargets() {
        done(score(0, "learner8", "--transfer", "none"));
        Map<Long, float[]> outputs = outputs("learner8");
        Map<Long, float[]> targets = arrays(home, "targets", Tables.TARGET);
        Map<Long, Float> losses = losses(home, 0);
        assertThat(losses).hasSize(SAMPLES);
        losses.forEach((index, loss) ->
                assertThat((double) loss).isCloseTo(1 - cosine(outputs.get(index), targets.get(index)), within(1e-6)));
    }

    /** Its own, and those that Spark would read to learn the columns. */
    @Test
    void theDriverReadsTheFootersOfTargetsOnce() throws IOException {
        Map<String, Integer> opens = new ConcurrentHashMap<>();
        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void open(org.apache.hadoop.fs.Path file, int time) {
                if (file.getParent().getName().equals("targets") && TaskContext.get() == null) {
                    opens.merge(file.getName(), 1, Integer::sum);
                }
            }
        });
        try {
            done(Rela.run(with(
                    new Object[] {
                        "distill", "--home", "faulty:" + home, "--epoch", 0, "--policy", "rcap", "--ratio", 0.5
                    },
                    "--learner",
                    Rela.prior("learner8"),
                    "--classes",
                    "cluster",
                    "--clusters",
                    4)));
        } finally {
            FaultyFileSystem.heal();
        }
        try (Stream<Path> files = Files.list(home.resolve("targets"))) {
            assertThat(opens)
                    .hasSize((int) files.filter(file -> file.toString().endsWith(".parquet"))
                            .count())
                    .allSatisfy((file, times) -> assertThat(times).as(file).isEqualTo(1));
        }
    }

    @Test
    void aSquaredErrorIsTheMeanOverTheValues() {
        done(score(0, "learner8", "--loss", "mse"));
        Map<Long, float[]> outputs = outputs("learner8");
        Map<Long, float[]> targets = arrays(home, "targets", Tables.TARGET);
        losses(home, 0).forEach((index, loss) -> {
            double sum = 0;
            for (int i = 0; i < 8; i++) {
                sum += Math.pow((double) outputs.get(index)[i] - targets.get(index)[i], 2);
            }
            assertThat((double) loss).isCloseTo(sum / 8, within(1e-5));
        });
    }

    @Test
    void lossesOfLogitsCompareThemWithLabels() {
        done(score(0, "learner8", "--loss", "cross-entropy"));
        done(score(1, "learner8", "--loss", "el2n"));
        Map<Long, float[]> logits = outputs("learner8");
        Map<Long, Integer> labels = new TreeMap<>();
        Rela.rows(home, "targets").forEach(row -> labels.put(row.getLong(0), row.<Integer>getAs(Tables.LABEL)));
        Map<Long, Float> entropies = losses(home, 0);
        Map<Long, Float> distances = losses(home, 1);
        logits.forEach((index, given) -> {
            double sum = 0;
            for (float logit : given) {
                sum += Math.exp(logit);
            }
            int label = labels.get(index);
            assertThat((double) entropies.get(index)).isCloseTo(Math.log(sum) - given[label], within(1e-5));
            double square = 0;
            for (int i = 0; i < 8; i++) {
                square += Math.pow(Math.exp(given[i]) / sum - (i == label ? 1 : 0), 2);
            }
            assertThat((double) distances.get(index)).isCloseTo(Math.sqrt(square), within(1e-5));
        });
        assertThat(LossKind.EL2N.of(new float[] {100, -100}, 1)).isCloseTo(Math.sqrt(2), within(1e-9));
        assertThat(LossKind.CROSS_ENTROPY.of(new float[] {1000, -1000}, 1)).isEqualTo(2000);
    }

    @Test
    void aFittedTransferIsSavedAndGivesTheSameLossesAgain() {
        Rela.Outcome fitted = score(0, "learner12");
        done(fitted);
        assertThat(fitted.text()).contains("transfer R2");
        done(score(1, "learner12", "--transfer", home.resolve("transfers/epoch=0")));
        assertThat(losses(home, 1)).isEqualTo(losses(home, 0));
        Rela.Outcome wrong = score(2, "learner8", "--transfer", home.resolve("transfers/epoch=0"));
        assertThat(wrong.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(wrong.text()).contains("maps 12 values to 8", "the learner gives 8");
        Rela.Outcome none = score(2, "learner12", "--transfer", "none");
        assertThat(none.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(none.text()).contains("gives 12 values, targets have 8");
    }

    @Test
    void distillLeavesLossesAndASubsetThatInspectFindsWhole() throws IOException {
        Rela.Outcome outcome = distill(7, "--policy", "orderdp", "--ratio", 0.5);
        done(outcome);
        assertThat(outcome.text()).contains("orderdp chose 318 of 636");
        List<Row> subset = Rela.rows(home, "subsets/epoch=7");
        assertThat(subset).hasSize(318);
        assertThat(subset.get(0).schema().fieldNames())
                .containsExactly(
                        "index", "id", "uri", "offset", "length", "label", "label_name", "target", "loss", "weight");
        Map<Long, Float> losses = losses(home, 7);
        Map<Long, float[]> targets = arrays(home, "targets", Tables.TARGET);
        for (Row row : subset) {
            assertThat(row.<Float>getAs(Tables.LOSS)).isEqualTo(losses.get(row.getLong(0)));
            assertThat(floats(row, Tables.TARGET)).isEqualTo(targets.get(row.getLong(0)));
        }
        assertThat(subset.stream().map(row -> row.getLong(0)).toList())
                .doesNotHaveDuplicates()
                .isNotEqualTo(sorted(subset));
        Path times = folder.resolve("times");
        Rela.Outcome inspected = Rela.run("inspect", "--home", home, "--times-selected", times);
        done(inspected);
        assertThat(inspected.text()).contains("{0=318, 1=318}", "orderdp: 318 rows");
        assertThat(LocalSpark.session().read().parquet(times.toString()).count())
                .isEqualTo(SAMPLES);
    }

    @Test
    void theSameCommandAgainChangesNothingAndOtherSettingsAreRefused() throws IOException {
        done(distill(0, "--policy", "hard", "--ratio", 0.5));
        byte[] before = Files.readAllBytes(home.resolve("manifest.json"));
        Rela.Outcome again = distill(0, "--policy", "hard", "--ratio", 0.5);
        done(again);
        assertThat(again.text()).contains("nothing to do");
        assertThat(Files.readAllBytes(home.resolve("manifest.json"))).isEqualTo(before);
        Rela.Outcome other = distill(0, "--policy", "hard", "--ratio", 0.25);
        assertThat(other.code()).isEqualTo(ExitCode.HOME);
        assertThat(other.text()).contains("ratio was 0.5, is 0.25", "--if-exists overwrite");
        Rela.Outcome learner = distill(0, "--policy", "hard", "--ratio", 0.5, "--learner", Rela.prior("learner12"));
        assertThat(learner.code()).isNotEqualTo(ExitCode.DONE);
        Rela.Outcome skipped = distill(0, "--policy", "hard", "--ratio", 0.25, "--if-exists", "skip");
        done(skipped);
        assertThat(Files.readAllBytes(home.resolve("manifest.json"))).isEqualTo(before);
        done(distill(0, "--policy", "hard", "--ratio", 0.25, "--if-exists", "overwrite"));
        assertThat(Rela.rows(home, "subsets/epoch=0")).hasSize(159);
    }

    @Test
    void aParameterThatIsLeftOutAgainIsADifference() {
        done(distill(0, "--policy", "orderdp", "--ratio", 0.25, "--pool-share", 0.5));
        Rela.Outcome other = distill(0, "--policy", "orderdp", "--ratio", 0.25);
        assertThat(other.code()).isEqualTo(ExitCode.HOME);
        assertThat(other.text()).contains("pool-share was 0.5, is not set");
    }

    @Test
    void policiesWithoutLossesWorkBeforeAnythingIsScored() {
        done(select(0, "--policy", "uniform", "--ratio", 0.5));
        done(select(1, "--policy", "cyclic", "--ratio", 0.25));
        assertThat(Rela.rows(home, "subsets/epoch=0")).hasSize(318).allSatisfy(row -> assertThat(row.isNullAt(8))
                .isTrue());
        Rela.Outcome hard = select(2, "--policy", "hard", "--ratio", 0.5);
        assertThat(hard.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(hard.text()).contains("--policy hard needs losses", "Score an epoch first");
        assertThat(home.resolve("subsets/epoch=2")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void anEpochSelectsByTheNewestLossesThatAreNotAfterIt() {
        done(score(3, "learner8"));
        done(score(9, "learner12"));
        done(select(5, "--policy", "hard", "--ratio", 0.1));
        done(select(6, "--policy", "hard", "--ratio", 0.1, "--losses-epoch", 9));
        assertThat(subsetLosses(5))
                .isEqualTo(only(losses(home, 3), subsetLosses(5).keySet()));
        assertThat(subsetLosses(6))
                .isEqualTo(only(losses(home, 9), subsetLosses(6).keySet()));
        Rela.Outcome missing = select(7, "--policy", "hard", "--ratio", 0.1, "--losses-epoch", 4);
        assertThat(missing.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(missing.text()).contains("--losses-epoch 4", "no losses of that epoch");
    }

    @Test
    @Tag("slow")
    void partitionsDoNotShowInLossesAndSubsets() throws IOException {
        Object[][] policies = {
            {"--policy", "importance", "--ratio", 0.3},
            {"--policy", "uniform", "--ratio", 0.5},
            {"--policy", "rcap", "--ratio", 0.3},
            {"--policy", "seta", "--epochs", 10},
            {"--policy", "ccs", "--ratio", 0.3}
        };
        List<List<Object>> results = new ArrayList<>();
        for (int partitions : new int[] {1, 2, 7}) {
            home = folder.resolve("home" + partitions);
            Folders.copy(made.resolve("home"), home);
            done(distill(0, with(policies[0], "--learner", Rela.prior("learner12"), "--partitions", partitions)));
            List<Object> result = new ArrayList<>(List.of(losses(home, 0), Rela.rows(home, "subsets/epoch=0")));
            for (int epoch = 1; epoch < policies.length; epoch++) {
                done(select(epoch, with(policies[epoch], "--partitions", partitions)));
                result.add(Rela.rows(home, "subsets/epoch=" + epoch));
            }
            results.add(result);
        }
        assertThat(results.get(1)).isEqualTo(results.get(0));
        assertThat(results.get(2)).isEqualTo(results.get(0));
    }

    @Test
    @Tag("slow")
    void columnsCanBeTheIndexOrCarryThePictures() throws IOException {
        done(select(0, "--policy", "uniform", "--ratio", 0.1, "--columns", "index"));
        done(select(1, "--policy", "uniform", "--ratio", 0.1, "--columns", "images"));
        assertThat(Rela.rows(home, "subsets/epoch=0").get(0).schema().fieldNames())
                .containsExactly("index", "loss", "weight");
        picturesAreThere(home, 1);
        Path kept = folder.resolve("kept");
        done(Rela.convert(made.resolve("pictures"), kept, "--keep-images"));
        done(Rela.run(
                "select", "--home", kept, "--epoch", 1, "--policy", "uniform", "--ratio", 0.1, "--columns", "images"));
        picturesAreThere(kept, 1);
        assertThat(Rela.rows(kept, "subsets/epoch=1").stream().map(row -> row.getLong(0)))
                .containsExactlyElementsOf(Rela.rows(home, "subsets/epoch=1").stream()
                        .map(row -> row.getLong(0))
                        .toList());
    }

    @Test
    @Tag("slow")
    void unlabeledSamplesGetPseudoClassesThatAreKept() throws IOException {
        Path flat = folder.resolve("flat");
        Files.createDirectory(flat);
        try (Stream<Path> pictures = Files.walk(made.resolve("pictures"))) {
            int number = 0;
            for (Path picture : pictures.filter(Files::isRegularFile).sorted().toList()) {
                Files.copy(picture, flat.resolve(String.format("%04d-%s", number++, picture.getFileName())));
            }
        }
        Path unlabeled = folder.resolve("unlabeled");
        done(Rela.convert(flat, unlabeled));
        Object[] rcap = {"--policy", "rcap", "--ratio", 0.3, "--clusters", 8};
        Object[] start = {"distill", "--home", unlabeled, "--learner", Rela.prior("learner12"), "--epoch"};
        done(Rela.run(with(with(start, 0), rcap)));
        List<Row> clusters = Rela.rows(unlabeled, "clusters");
        assertThat(clusters).hasSize(SAMPLES);
        assertThat(clusters.stream().map(row -> row.getInt(1)).distinct().count())
                .isEqualTo(8);
        try (Stream<Path> files = Files.list(unlabeled.resolve("clusters"))) {
            Set<Path> before = new HashSet<>(files.toList());
            done(Rela.run(with(with(start, 1), rcap)));
            try (Stream<Path> after = Files.list(unlabeled.resolve("clusters"))) {
                assertThat(new HashSet<>(after.toList())).isEqualTo(before);
            }
        }
        done(Rela.run(with(with(start, 3), "--policy", "rcap", "--ratio", 0.3, "--clusters", SAMPLES + 1)));
        Rela.Outcome labels = Rela.run(with(with(start, 2), with(rcap, "--classes", "label")));
        assertThat(labels.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(labels.text()).contains("--clusters 8 has no meaning with --classes label");
    }

    @Test
    void epochsOfACycleLeaveNothingUnseen() {
        for (int epoch = 0; epoch < 4; epoch++) {
            done(select(epoch, "--policy", "cyclic", "--ratio", 0.25, "--columns", "index"));
        }
        Set<Long> seen = new HashSet<>();
        for (int epoch = 0; epoch < 4; epoch++) {
            Rela.rows(home, "subsets/epoch=" + epoch).forEach(row -> seen.add(row.getLong(0)));
        }
        assertThat(seen).hasSize(SAMPLES);
    }

    @Test
    void settingsThatContradictEachOtherAreSaidTogether() {
        Rela.Outcome outcome = Rela.run(
                "distill", "--home", home, "--epoch", -1, "--policy", "hard", "--pool-share", 0.5, "--ratio", 1.5);
        assertThat(outcome.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(outcome.text())
                .contains(
                        "--epoch': '-1' is no epoch",
                        "--learner is missing",
                        "--pool-share is no parameter",
                        "--ratio 1.5");
        Rela.Outcome schedule = select(
                0,
                "--policy",
                "uniform",
                "--ratio-schedule",
                "cosine:0.2..1.8@30",
                "--ratio",
                0.5,
                "--classes",
                "label");
        assertThat(schedule.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(schedule.text())
                .contains("--ratio-schedule cosine:0.2..1.8@30", "both say", "does not look at classes");
        assertThat(select(0, "--policy", "bogus").text()).contains("--policy bogus is none of [uniform, cyclic");
        assertThat(select(0, "--policy", "infobatch", "--ratio", 0.5).text()).contains("--prune-probability does");
        assertThat(select(0, "--policy", "uniform").text()).contains("--ratio is missing");
    }

    @Test
    void aRatioThatLeavesNothingIsRefusedAndOneThatLeavesOneRowWorks() {
        Rela.Outcome none = select(0, "--policy", "uniform", "--ratio", 0.0015);
        assertThat(none.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(none.text()).contains("--ratio 0.0015 of 636 samples is less than one");
        done(select(0, "--policy", "uniform", "--ratio", 0.0016));
        assertThat(Rela.rows(home, "subsets/epoch=0")).hasSize(1);
        done(select(1, "--policy", "uniform", "--ratio", 1));
        assertThat(Rela.rows(home, "subsets/epoch=1")).hasSize(SAMPLES);
    }

    @Test
    void aRatioScheduleChangesTheSizeWithTheEpoch() {
        done(select(0, "--policy", "uniform", "--ratio-schedule", "linear:0.25..0.75@2"));
        done(select(1, "--policy", "uniform", "--ratio-schedule", "linear:0.25..0.75@2"));
        done(select(5, "--policy", "uniform", "--ratio-schedule", "linear:0.25..0.75@2"));
        assertThat(Rela.rows(home, "subsets/epoch=0")).hasSize(159);
        assertThat(Rela.rows(home, "subsets/epoch=1")).hasSize(318);
        assertThat(Rela.rows(home, "subsets/epoch=5")).hasSize(477);
    }

    @Test
    @Tag("slow")
    void anotherConversionTakesWhatWasMadeOfTheOldTargetsAway() {
        done(distill(0, "--policy", "hard", "--ratio", 0.5));
        done(Rela.convert(made.resolve("pictures"), home, "--seed", 1, "--if-exists", "overwrite"));
        assertThat(home.resolve("losses")).doesNotExist();
        assertThat(home.resolve("subsets")).doesNotExist();
        done(Rela.run("inspect", "--home", home));
        assertThat(select(0, "--policy", "hard", "--ratio", 0.5).text()).contains("needs losses");
    }

    @Test
    void withoutAConversionThereIsNothingToScore() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Rela.Outcome outcome = Rela.run("select", "--home", empty, "--epoch", 0, "--policy", "uniform", "--ratio", 0.5);
        assertThat(outcome.code()).isEqualTo(ExitCode.HOME);
        assertThat(outcome.text()).contains("holds no finished conversion");
        assertThat(empty).isEmptyDirectory();
        Rela.Outcome missing =
                Rela.run("select", "--home", folder.resolve("gone"), "--epoch", 0, "--policy", "uniform", "--ratio", 1);
        assertThat(missing.code()).isEqualTo(ExitCode.INPUT);
    }

    @Test
    void aFailureLeavesTheHomeAsItWas() throws IOException {
        done(score(0, "learner8"));
        Set<Path> before = files(home);
        assertThat(score(1, "feature-map").code()).isNotEqualTo(ExitCode.DONE);
        assertThat(select(1, "--policy", "orderdp", "--ratio", 0.5, "--pool-share", 0.2)
                        .code())
                .isEqualTo(ExitCode.SETTINGS);
        assertThat(files(home)).isEqualTo(before);
    }

    @Test
    void samplesWhoseOutputIsNotFiniteAreCountedAndHaveNoLoss() {
        Rela.Outcome refused = score(0, "not-finite");
        assertThat(refused.code()).isEqualTo(ExitCode.REJECTS);
        assertThat(refused.text())
                .containsPattern(
                        "\\d+ of 636 pictures are rejected: not-finite \\d+; for example (\\S+ \\(not-finite: [^)]+\\),? ?){1,3}");
        Rela.Outcome outcome = score(0, "not-finite", "--max-rejects", 1);
        done(outcome);
        Map<Long, Float> losses = losses(home, 0);
        assertThat(losses.size()).isBetween(1, SAMPLES - 1);
        assertThat(losses.values()).allSatisfy(loss -> assertThat(loss).isFinite());
        assertThat(outcome.text())
                .contains(losses.size() + " scored + " + (SAMPLES - losses.size()) + " without a loss (not-finite ");
        done(select(0, "--policy", "hard", "--ratio", 0.9));
        done(Rela.run("inspect", "--home", home));
    }

    @Test
    @Tag("slow")
    void targetsThatSparkWroteAnewAreReadAndRowsOutOfOrderRefused() throws IOException {
        done(score(0, "learner8", "--transfer", "none"));
        done(select(0, "--policy", "hard", "--ratio", 0.5));
        Map<Long, Float> before = subsetLosses(0);
        rewrite("targets", "*", "index");
        rewrite("losses/epoch=0", "*", "index");
        done(select(0, "--policy", "hard", "--ratio", 0.5, "--if-exists", "overwrite"));
        assertThat(subsetLosses(0)).isEqualTo(before);
        rewrite("targets", "index, id, uri, offset, length, int(null) as label, label_name, target", "index");
        Rela.Outcome unlabeled = score(1, "learner8", "--loss", "el2n");
        assertThat(unlabeled.code()).as(unlabeled.text()).isEqualTo(ExitCode.SETTINGS);
        assertThat(unlabeled.text()).contains("has no labels");
        // Halves that a search for the first index takes for sorted.
        rewrite("targets", "*", "index between 159 and 317 desc, index");
        Rela.Outcome disorder = select(2, "--policy", "hard", "--ratio", 0.5);
        assertThat(disorder.code()).as(disorder.text()).isEqualTo(ExitCode.HOME);
        assertThat(disorder.text()).contains("out of order");
        assertThat(home.resolve("subsets/epoch=2")).doesNotExist();
    }

    @Test
    void whatIsSkippedIsNotSaidToBeTheSame() {
        done(select(0, "--policy", "uniform", "--ratio", 0.5));
        Rela.Outcome skipped = select(0, "--policy", "uniform", "--ratio", 0.25, "--if-exists", "skip");
        done(skipped);
        assertThat(skipped.text()).contains("with other settings");
        assertThat(Rela.rows(home, "subsets/epoch=0")).hasSize(SAMPLES / 2);
    }

    @Test
    void anotherScoringTakesTheFittedMapAlong() {
        done(score(0, "learner12"));
        assertThat(home.resolve("transfers/epoch=0")).exists();
        done(score(0, "learner8", "--transfer", "none", "--if-exists", "overwrite"));
        assertThat(home.resolve("transfers/epoch=0")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void aStoredMapIsToldByItsContentAndReplacesTheFittedOne() throws IOException {
        done(score(0, "learner12"));
        done(score(1, "learner12", "--transfer-share", 0.5));
        Path map = folder.resolve("map");
        Folders.copy(home.resolve("transfers/epoch=1"), map);
        done(score(0, "learner12", "--transfer", map, "--if-exists", "overwrite"));
        assertThat(home.resolve("transfers/epoch=0")).doesNotExist();
        assertThat(losses(home, 0)).isEqualTo(losses(home, 1));
        done(score(2, "learner12", "--transfer-share", 0.3));
        FileUtil.fullyDelete(map.toFile());
        Folders.copy(home.resolve("transfers/epoch=2"), map);
        Rela.Outcome another = score(0, "learner12", "--transfer", map);
        assertThat(another.code()).isEqualTo(ExitCode.HOME);
        assertThat(another.text()).contains("transfer-sha256");
        done(score(1, "learner12", "--transfer", home.resolve("transfers/epoch=1"), "--if-exists", "overwrite"));
        assertThat(home.resolve("transfers/epoch=1")).exists();
    }

    @Test
    void tooFewSamplesForAMapAreSaid() {
        Rela.Outcome outcome = score(0, "learner12", "--transfer-share", 1e-9);
        assertThat(outcome.code()).isEqualTo(ExitCode.INPUT);
        assertThat(outcome.text()).contains("--transfer-share");
    }

    @Test
    @Tag("slow")
    void keptPicturesAreScoredWithoutTheirSource() throws IOException {
        Path pictures = folder.resolve("pictures");
        Folders.copy(made.resolve("pictures"), pictures);
        Path kept = folder.resolve("kept");
        done(Rela.convert(pictures, kept, "--batch-size", 32, "--keep-images"));
        FileUtil.fullyDelete(pictures.toFile());
        done(Rela.run(
                "score",
                "--home",
                kept,
                "--epoch",
                0,
                "--learner",
                Rela.prior("learner8"),
                "--transfer",
                "none",
                "--batch-size",
                32));
        done(score(0, "learner8", "--transfer", "none", "--batch-size", 32));
        assertThat(losses(kept, 0)).isEqualTo(losses(home, 0));
    }

    @Test
    void aPictureThatIsGoneEndsASubsetOfPicturesWithItsName() throws IOException {
        Path pictures = folder.resolve("pictures");
        Folders.copy(made.resolve("pictures"), pictures);
        Path own = folder.resolve("own");
        done(Rela.convert(pictures, own));
        Row gone = Rela.rows(own, "targets").get(0);
        Files.delete(pictures.resolve(gone.<String>getAs(Tables.ID)));
        Rela.Outcome outcome = Rela.run(
                "select", "--home", own, "--epoch", 0, "--policy", "uniform", "--ratio", 1, "--columns", "images");
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.INPUT);
        assertThat(outcome.text()).contains(gone.<String>getAs(Tables.ID));
        assertThat(own.resolve("subsets")).doesNotExist();
    }

    @Test
    void aSubsetOfLossesThatWereSkippedSaysSo() {
        done(score(0, "learner8", "--transfer", "none"));
        done(distill(
                0, "--learner", Rela.prior("learner12"), "--policy", "hard", "--ratio", 0.5, "--if-exists", "skip"));
        assertThat(newest().run().warnings())
                .anySatisfy(warning -> assertThat(warning).contains("other settings"));
    }

    @Test
    void anOverwriteTakesTheDefaultBatchAgain() {
        done(score(0, "learner8", "--batch-size", 5));
        done(score(0, "learner8", "--if-exists", "overwrite"));
        LossSettings.Scored settings = (LossSettings.Scored) newest().losses().settings();
        assertThat(settings.batchSize()).isEqualTo(32);
    }

    private EpochRecord newest() {
        return DatasetHome.at(home.toString(), new Configuration())
                .manifest()
                .newest(EpochRecord.class)
                .orElseThrow();
    }

    /** The table as Spark writes it, in one file. */
    private void rewrite(String table, String columns, String order) throws IOException {
        Path folderOfTable = home.resolve(table);
        LocalSpark.session().read().parquet(folderOfTable.toString()).createOrReplaceTempView("rewritten");
        Path anew = folder.resolve("anew");
        LocalSpark.session()
                .sql("select " + columns + " from rewritten order by " + order)
                .coalesce(1)
                .write()
                .mode("overwrite")
                .parquet(anew.toString());
        FileUtil.fullyDelete(folderOfTable.toFile());
        Folders.copy(anew, folderOfTable);
    }

    private Rela.Outcome score(int epoch, String learner, Object... more) {
        return Rela.run(with(
                new Object[] {"score", "--home", home, "--epoch", epoch, "--learner", Rela.prior(learner), "--verbose"},
                more));
    }

    private Rela.Outcome select(int epoch, Object... more) {
        return Rela.run(with(new Object[] {"select", "--home", home, "--epoch", epoch, "--verbose"}, more));
    }

    private Rela.Outcome distill(int epoch, Object... more) {
        Object[] learner = List.of(more).contains("--learner")
                ? new Object[0]
                : new Object[] {"--learner", Rela.prior("learner8")};
        return Rela.run(
                with(with(new Object[] {"distill", "--home", home, "--epoch", epoch, "--verbose"}, learner), more));
    }

    /** What a learner gives for each sample, by way of a conversion that keeps it as it is; made once. */
    private static Map<Long, float[]> outputs(String learner) {
        Path other = made.resolve("outputs-" + learner);
        if (!Files.exists(other)) {
            done(Rela.run(
                    "convert",
                    "--input",
                    made.resolve("pictures"),
                    "--home",
                    other,
                    "--prior",
                    Rela.prior(learner),
                    "--input-size",
                    16,
                    "--projection",
                    "none"));
        }
        return arrays(other, "targets", Tables.TARGET);
    }

    private static void picturesAreThere(Path home, int epoch) throws IOException {
        for (Row row : Rela.rows(home, "subsets/epoch=" + epoch)) {
            byte[] bytes = row.getStruct(row.fieldIndex("image")).getAs("bytes");
            assertThat(bytes)
                    .isEqualTo(Files.readAllBytes(made.resolve("pictures").resolve(row.getString(1))));
        }
    }

    private static Object[] with(Object[] some, Object... more) {
        List<Object> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private static Map<Long, Float> losses(Path home, int epoch) {
        Map<Long, Float> losses = new TreeMap<>();
        Rela.rows(home, "losses/epoch=" + epoch).forEach(row -> losses.put(row.getLong(0), row.getFloat(1)));
        return losses;
    }

    private Map<Long, Float> subsetLosses(int epoch) {
        Map<Long, Float> losses = new TreeMap<>();
        Rela.rows(home, "subsets/epoch=" + epoch)
                .forEach(row -> losses.put(row.getLong(0), row.<Float>getAs(Tables.LOSS)));
        return losses;
    }

    private static Map<Long, Float> only(Map<Long, Float> losses, Set<Long> indices) {
        Map<Long, Float> some = new TreeMap<>(losses);
        some.keySet().retainAll(indices);
        return some;
    }

    private static Map<Long, float[]> arrays(Path home, String table, String column) {
        Map<Long, float[]> arrays = new TreeMap<>();
        Rela.rows(home, table).forEach(row -> arrays.put(row.getLong(0), floats(row, column)));
        return arrays;
    }

    private static float[] floats(Row row, String column) {
        List<Float> values = row.getList(row.fieldIndex(column));
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }

    private static List<Long> sorted(List<Row> rows) {
        return rows.stream().map(row -> row.getLong(0)).sorted().toList();
    }

    private static Set<Path> files(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return new HashSet<>(files.filter(Files::isRegularFile).toList());
        }
    }
}
