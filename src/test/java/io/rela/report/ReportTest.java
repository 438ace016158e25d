package io.rela.report;

import static io.rela.testing.Rela.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.Folders;
import io.rela.testing.Rela;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of homes of the demo's 640 pictures, four of them broken, two of whose classes have names that could do harm. */
class ReportTest {
    private static final String SCRIPT = "<script>alert(1)<";
    private static final String TURNED = "tri\u202Eelgna";
    private static final Pattern PICTURE = Pattern.compile("src=\"data:image/jpeg;base64,([^\"]+)\"");

    @TempDir
    static Path made;

    private static Path pictures;
    private static Path home;

    @TempDir
    Path folder;

    @BeforeAll
    static void convertOnce() throws IOException {
        pictures = made.resolve("pictures");
        DemoPictures.write(pictures);
        Files.move(pictures.resolve("cross"), pictures.resolve(SCRIPT));
        Files.move(pictures.resolve("triangle"), pictures.resolve(TURNED));
        home = made.resolve("home");
        done(Rela.convert(pictures, home, "--keep-images", "--batch-size", 32));
        Path learner = Rela.prior("learner8");
        done(Rela.run(
                "score", "--home", home, "--epoch", 0, "--learner", learner, "--input-size", 16, "--transfer", "none"));
        done(Rela.run(
                "score", "--home", home, "--epoch", 2, "--learner", learner, "--input-size", 16, "--transfer", "fit"));
        done(Rela.run(
                "select",
                "--home",
                home,
                "--epoch",
                0,
                "--policy",
                "importance",
                "--ratio",
                0.25,
                "--columns",
                "index"));
        done(Rela.run(
                "select", "--home", home, "--epoch", 2, "--policy", "rcap", "--ratio", 0.5, "--seed", 3, "--files", 2));
    }

    private String report(Path of, Object... more) throws IOException {
        List<Object> args = new ArrayList<>(
                List.of("report", "--home", of, "--output", folder.resolve("report.html"), "--verbose"));
        args.addAll(List.of(more));
        done(Rela.run(args.toArray()));
        return Files.readString(folder.resolve("report.html"));
    }

    private JsonNode figures() throws IOException {
        return new ObjectMapper().readTree(folder.resolve("report.json").toFile());
    }

    @Test
    void aHomeIsShownWhole() throws IOException {
        String page = report(home);
        assertThat(page)
                .contains(
                        "<h2>Pictures</h2>",
                        "<bdi>Hardest</bdi>",
                        "<bdi>Easiest</bdi>",
                        "<bdi>Kept</bdi>",
                        "<bdi>Dropped</bdi>",
                        "<bdi>Rejected</bdi>");
        JsonNode figures = figures();
        assertThat(figures.at("/home/conversion/counts/converted").asLong()).isEqualTo(636);
        assertThat(figures.at("/home/conversion/scree/shares")).hasSize(8);
        assertThat(sum(figures.at("/home/losses/histograms/counts/0"))).isEqualTo(636);
        assertThat(sum(figures.at("/home/losses/histograms/counts/2"))).isEqualTo(636);
        assertThat(sum(figures.at("/home/subsets/times_selected"))).isEqualTo(636);
        assertThat(figures.at("/home/classes/shown")).hasSize(8).allSatisfy(share -> {
            assertThat(share.get("samples").asLong()).isBetween(79L, 80L);
            assertThat(share.get("subset_shares")).hasSize(2);
        });
        for (String epoch : List.of("0", "2")) {
            assertThat(figures.at("/home/classes/shown").findValues(epoch).stream()
                            .mapToDouble(JsonNode::asDouble)
                            .sum())
                    .isBetween(0.999999, 1.000001);
        }
        assertThat(figures.get("strips")).hasSize(5);
        harmless(page);
        picturesAreJpeg(page);
        theHardestComeFirst(figures.get("strips").get(0).get("tiles"));
    }

    private static long sum(JsonNode counts) {
        long sum = 0;
        for (JsonNode count : counts) {
            sum += count.asLong();
        }
        return sum;
    }

    private static void harmless(String page) {
        assertThat(page)
                .doesNotContainIgnoringCase("<script")
                .doesNotContain("\u202E")
                .contains("&lt;script&gt;alert(1)&lt;", "tri⟨U+202E⟩elgna");
        assertThat(Pattern.compile("(?:src|href|action|url)\\s*+[=(]\\s*+[\"']?+(?!data:image/jpeg;base64,)")
                        .matcher(page)
                        .results())
                .isEmpty();
        assertThat(page).doesNotContain("@import", "<link", "<iframe", "<object", "onload", "onerror=");
        assertThat(page).contains("default-src &#39;none&#39;");
    }

    private static void picturesAreJpeg(String page) throws IOException {
        Matcher picture = PICTURE.matcher(page);
        int pictures = 0;
        while (picture.find()) {
            byte[] bytes = Base64.getDecoder().decode(picture.group(1));
            assertThat(ImageIO.read(new ByteArrayInputStream(bytes)).getWidth()).isBetween(48, Thumbnail.MOST_PIXELS);
            pictures++;
        }
        assertThat(pictures).isEqualTo(80);
    }

    private static void theHardestComeFirst(JsonNode tiles) throws IOException {
        List<Float> losses = Rela.rows(home, "losses/epoch=2").stream()
                .map(row -> row.getFloat(1))
                .sorted((a, b) -> Float.compare(b, a))
                .limit(20)
                .toList();
        List<Float> shown = new ArrayList<>();
        tiles.forEach(tile -> shown.add((float) tile.get("loss").asDouble()));
        assertThat(shown).isEqualTo(losses);
    }

    @Test
    @Tag("slow")
    void reportsOfOneHomeDifferInTheirTimeOnly() throws IOException {
        String first = report(home);
        String made = figures().get("made").asText();
        String json = Files.readString(folder.resolve("report.json"));
        String second = report(home);
        String later = figures().get("made").asText();
        assertThat(second.replace(later, made)).isEqualTo(first);
        assertThat(Files.readString(folder.resolve("report.json")).replace(later, made))
                .isEqualTo(json);
    }

    @Test
    @Tag("slow")
    void itsCommandsMakeTheSameAgain() throws IOException {
        report(home);
        JsonNode commands = figures().at("/provenance/commands");
        assertThat(commands).hasSize(5);
        for (JsonNode command : commands) {
            Process shell = new ProcessBuilder("bash", "-c", "printf '%s\\0' " + command.asText()).start();
            String[] words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\0");
            assertThat(words[0]).isEqualTo("rela");
            Path result = folder.resolve("result.json");
            List<Object> args = new ArrayList<>(List.of(words).subList(1, words.length));
            args.addAll(List.of("--result-file", result));
            done(Rela.run(args.toArray()));
            assertThat(new ObjectMapper()
                            .readTree(result.toFile())
                            .get("outcome")
                            .asText())
                    .as(command.asText())
                    .isEqualTo("unchanged");
        }
    }

    @Test
    void aHomeWithAConversionOnlyStandsBesideAnother() throws IOException {
        Path flat = Files.createDirectory(folder.resolve("flat"));
        try (Stream<Path> some = Files.list(pictures.resolve("ring"))) {
            for (Path picture : some.toList()) {
                Files.copy(picture, flat.resolve(picture.getFileName()));
            }
        }
        Path plain = folder.resolve("plain");
        done(Rela.convert(flat, plain, "--max-rejects", 1));
        String page = report(plain, "--compare", home);
        assertThat(page)
                .contains(
                        "<bdi>plain</bdi>",
                        "<bdi>home</bdi>",
                        "The pictures have no labels.",
                        "There are no losses yet",
                        "There are no subsets yet");
        assertThat(PICTURE.matcher(page).results()).hasSize(20);
        assertThat(figures().at("/compared/losses/epochs")).hasSize(2);
        assertThat(FileUtil.fullyDelete(flat.toFile())).isTrue();
        String gone = report(plain);
        assertThat(PICTURE.matcher(gone).results()).isEmpty();
        assertThat(gone).contains("None of these pictures can be shown");
    }

    @Test
    @Tag("slow")
    void aDamagedHomeIsShownAsFarAsItCanBeRead() throws IOException {
        Path damaged = folder.resolve("damaged");
        Folders.copy(home, damaged);
        assertThat(FileUtil.fullyDelete(damaged.resolve("losses/epoch=2").toFile()))
                .isTrue();
        try (Stream<Path> files = Files.list(damaged.resolve("projection"))) {
            for (Path file : files.toList()) {
                Files.write(file, new byte[] {1, 2, 3});
            }
        }
        String page = report(damaged);
        assertThat(page).contains("Damaged: ", "losses/epoch=2/ is missing", "Left out of this report: the axes");
        assertThat(figures().at("/verdict/level").asText()).isEqualTo("damage");
    }

    @Test
    void pagesLieOutsideOfHomesAndAreNamedAsPages() throws IOException {
        assertThat(Rela.run("report", "--home", home, "--output", home.resolve("targets/report.html"))
                        .text())
                .contains("--output", "name a file beside it");
        assertThat(Rela.run("report", "--home", home, "--output", folder.resolve("report.txt"))
                        .code())
                .isEqualTo(ExitCode.SETTINGS);
        assertThat(Rela.run("report", "--home", home, "--output", folder.resolve("nowhere/report.html"))
                        .code())
                .isEqualTo(ExitCode.SETTINGS);
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(Rela.run("report", "--home", empty, "--output", folder.resolve("report.html"))
                        .code())
                .isEqualTo(ExitCode.HOME);
        assertThat(folder.resolve("report.html")).doesNotExist();
    }
}
