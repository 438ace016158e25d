package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.Digests;
import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadInputTest {
    @TempDir
    static Path shared;

    private static Path pictures;

    @TempDir
    Path folder;

    @BeforeAll
    static void draw() throws IOException {
        pictures = shared.resolve("pictures");
        DemoPictures.write(pictures);
    }

    @Test
    void missingInput() {
        refused(Rela.convert(folder.resolve("nowhere"), home()), ExitCode.INPUT, "--input", "nowhere");
    }

    @Test
    void emptyFolder() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        refused(Rela.convert(empty, home()), ExitCode.INPUT, "empty");
    }

    @Test
    void folderWithoutPictures() throws IOException {
        Path texts = Files.createDirectory(folder.resolve("texts"));
        Files.writeString(texts.resolve("a.txt"), "a");
        refused(Rela.convert(texts, home()), ExitCode.INPUT, ".jpg");
    }

    @Test
    void notAModel() throws IOException {
        Path model = Files.writeString(folder.resolve("model.pt"), "no model");
        refused(convert("--prior", model), ExitCode.INPUT, "model.pt", "TorchScript", "bin/export-prior");
    }

    @Test
    void missingModel() {
        refused(convert("--prior", folder.resolve("gone.pt")), ExitCode.INPUT, "--prior", "gone.pt");
        refused(convert("--prior", "builtin:nobody"), ExitCode.INPUT, "builtin:nobody");
    }

    @Test
    void modelOfAnotherInputSize() {
        refused(
                convert("--prior", Rela.prior("features16"), "--input-size", 20),
                ExitCode.SETTINGS,
                "20x20",
                "--input-size");
    }

    @Test
    void outputThatIsNotNByD() {
        refused(
                convert("--prior", Rela.prior("feature-map"), "--input-size", 16),
                ExitCode.SETTINGS,
                "(32, 3, 8, 8)",
                "N×D");
    }

    @Test
    void dimensionsAboveWhatThePriorGives() {
        refused(
                convert("--prior", Rela.prior("features16"), "--input-size", 16, "--dimensions", 25),
                ExitCode.SETTINGS,
                "The prior gives 24 values, --dimensions asks for 25: ask for 24 or less.");
    }

    @Test
    void unwritableHome() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        refused(Rela.convert(pictures, file), ExitCode.SETTINGS, "is a file");
        Rela.Outcome below = Rela.convert(pictures, file.resolve("home"));
        assertThat(below.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(below.text()).contains("cannot be written");
    }

    @Test
    void homeOfSomebodyElse() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.writeString(home.resolve("notes.txt"), "mine");
        Rela.Outcome outcome = Rela.convert(pictures, home);
        assertThat(outcome.code()).isEqualTo(ExitCode.HOME);
        assertThat(outcome.text()).contains("notes.txt");
        assertThat(home).isDirectoryContaining("glob:**notes.txt").isDirectoryNotContaining("glob:**.rela");
    }

    @Test
    void homeInsideTheInputWouldBeAClass() {
        Rela.Outcome outcome = Rela.convert(pictures, pictures.resolve("home"));
        assertThat(outcome.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(outcome.text()).contains("one in the other");
        assertThat(pictures.resolve("home")).doesNotExist();
    }

    @Test
    void aBatchThatNoBufferHolds() {
        refused(
                convert("--prior", Rela.prior("features16"), "--input-size", 16, "--batch-size", 2_147_483_647),
                ExitCode.SETTINGS,
                "--batch-size 2147483647",
                "699050 or less");
    }

    @Test
    void passwordsAreRefusedAndNotRepeated() {
        Rela.Outcome outcome = Rela.run(
                "convert", "--input", "s3a://key:hidden@bucket/x", "--home", home(), "--prior", "builtin:prior");
        assertThat(outcome.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(outcome.text()).contains("s3a://key:***@bucket/x").doesNotContain("hidden");
    }

    @Test
    void storageThatNobodyKnowsHere() {
        refused(
                Rela.run("convert", "--input", "s3a://bucket/x", "--home", home(), "--prior", "builtin:prior"),
                ExitCode.INPUT,
                "--input s3a://bucket/x",
                "hadoop-aws");
    }

    @Test
    void aResultFileThatCannotBeWrittenIsSaidBeforeTheWork() {
        refused(
                convert("--prior", "builtin:prior", "--result-file", folder.resolve("no/result.json")),
                ExitCode.SETTINGS,
                "--result-file");
    }

    @Test
    void aModelWithoutFeatures() {
        refused(
                convert("--prior", Rela.prior("empty"), "--input-size", 16),
                ExitCode.SETTINGS,
                "(32, 0)",
                "D at least 1");
    }

    @Test
    void aModelThatFailsForAnotherReasonThanItsSize() {
        Rela.Outcome outcome = convert("--prior", Rela.prior("raises"), "--input-size", 16);
        refused(outcome, ExitCode.SETTINGS, "raises.pt", "the licence has expired");
        assertThat(outcome.text()).doesNotContain("--input-size");
    }

    @Test
    void anotherModelThanThePinnedOne() throws IOException {
        Path model = Rela.prior("features16");
        refused(
                convert("--prior", model, "--input-size", 16, "--prior-sha256", "0".repeat(64)),
                ExitCode.SETTINGS,
                "--prior-sha256",
                Digests.sha256(Files.readAllBytes(model)),
                "0".repeat(64));
        refused(
                convert("--prior", model, "--prior-sha256", "abc"),
                ExitCode.SETTINGS,
                "--prior-sha256 abc is no SHA-256");
        refused(
                Rela.run(
                        "score",
                        "--home",
                        pictures,
                        "--epoch",
                        0,
                        "--losses",
                        pictures,
                        "--learner-sha256",
                        "f".repeat(64)),
                ExitCode.SETTINGS,
                "--learner-sha256 has no meaning with --losses");
    }

    @Test
    void gpuThatIsNotThere() {
        refused(
                convert("--prior", Rela.prior("features16"), "--input-size", 16, "--device", "gpu"),
                ExitCode.DEVICE,
                "--device gpu");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() throws IOException {
        Path config = Files.writeString(
                folder.resolve("job.properties"),
                "dimension=5\nmax-rejects=2\nbatch-size=0\nconvert.mean=1,2\nseed=x\n");
        Rela.Outcome outcome = Rela.run(
                "convert",
                "--config",
                config,
                "--input",
                folder.resolve("gone"),
                "--home",
                home(),
                "--prior",
                "builtin:prior",
                "--resize",
                8,
                "--input-size",
                16);
        assertThat(outcome.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(outcome.text())
                .contains("7 settings are wrong")
                .contains("'x' is not a long")
                .contains("dimension; is it dimensions?")
                .contains("--max-rejects 2.0")
                .contains("--batch-size 0")
                .contains("--mean [1.0, 2.0]")
                .contains("--resize 8")
                .contains("gone is not there");
        assertThat(home()).doesNotExist();
    }

    @Test
    void optionsThatDoNotExistOrDoNotParseAreNamed() {
        Rela.Outcome outcome = Rela.run("convert", "--inptu", "x", "--dimensions", "many", "--device", "tpu");
        assertThat(outcome.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(outcome.text())
                .contains("--inptu")
                .contains("many")
                .contains("tpu")
                .contains("--home");
        assertThat(Rela.run("transmogrify").code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(Rela.run().text()).contains("convert");
    }

    @Test
    void theConfigurationFileGivesOptionsAndTheCommandLineWins() throws IOException {
        Path config = Files.writeString(
                folder.resolve("job.properties"),
                "input=" + pictures + "\nprior=" + Rela.prior("features16") + "\ninput-size=16\ndimensions=4\n"
                        + "if-exists=skip\nkeep-images\n");
        Path result = folder.resolve("result.json");
        Rela.Outcome outcome =
                Rela.run("convert", "--config", config, "--home", home(), "--dimensions", 6, "--result-file", result);
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        JsonNode json = new ObjectMapper().readTree(result.toFile());
        assertThat(json.get("exit").asInt()).isZero();
        assertThat(json.at("/record/result/projection/dimensions").asInt()).isEqualTo(6);
        assertThat(json.at("/record/settings/keep_images").asText()).isEqualTo("true");
        assertThat(json.at("/record/result/counts/listed").asInt()).isEqualTo(640);
    }

    @Test
    void theResultFileTellsOfAFailureToo() throws IOException {
        Path result = folder.resolve("result.json");
        Rela.convert(folder.resolve("gone"), home(), "--result-file", result);
        JsonNode json = new ObjectMapper().readTree(result.toFile());
        assertThat(json.get("exit").asInt()).isEqualTo(3);
        assertThat(json.get("message").asText()).contains("gone");
    }

    private Path home() {
        return folder.resolve("new-home");
    }

    private Rela.Outcome convert(Object... more) {
        Object[] args = new Object[5 + more.length];
        args[0] = "convert";
        args[1] = "--input";
        args[2] = pictures;
        args[3] = "--home";
        args[4] = home();
        System.arraycopy(more, 0, args, 5, more.length);
        return Rela.run(args);
    }

    private void refused(Rela.Outcome outcome, ExitCode code, String... parts) {
        assertThat(outcome.text()).contains(parts);
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(code);
        assertThat(home()).doesNotExist();
    }
}
