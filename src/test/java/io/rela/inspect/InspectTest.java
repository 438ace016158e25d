package io.rela.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void convert() throws IOException {
        DemoPictures.write(folder.resolve("pictures"));
        home = folder.resolve("home");
        assertThat(Rela.convert(folder.resolve("pictures"), home, "--partitions", 3)
                        .code())
                .isEqualTo(ExitCode.DONE);
    }

    @Test
    void aWholeHomeIsShownAndHolds() {
        Rela.Outcome outcome = Rela.run("inspect", "--home", home);
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.text())
                .contains("listed 640 = converted 636 + rejected 4")
                .contains("636 rows")
                .contains("every invariant holds");
    }

    @Test
    @Tag("slow")
    void aMissingFileOfFeaturesIsFound() throws IOException {
        Files.delete(anyFile("features"));
        damaged("features has", "the manifest says 636");
    }

    @Test
    @Tag("slow")
    void aFileOfTargetsThatIsThereTwiceIsFound() throws IOException {
        Path file = anyFile("targets");
        Files.copy(file, file.resolveSibling("copy.parquet"));
        damaged("targets holds an index twice", "an id occurs twice");
    }

    @Test
    @Tag("slow")
    void aCutFileIsFound() throws IOException {
        Path file = anyFile("targets");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
        damaged("targets/ cannot be read");
    }

    @Test
    @Tag("slow")
    void aMissingTableIsFound() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("rejects"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(home.resolve("rejects"));
        damaged("rejects/ is missing");
    }

    @Test
    void aManifestThatDoesNotAddUpIsFound() throws IOException {
        Path manifest = home.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"converted\" : 636", "\"converted\" : 635"));
        Rela.Outcome outcome = Rela.run("inspect", "--home", home);
        assertThat(outcome.code()).isEqualTo(ExitCode.HOME);
        assertThat(outcome.text()).contains("635");
    }

    @Test
    @Tag("slow")
    void aFolderThatIsNoHomeIsRefused() {
        assertThat(Rela.run("inspect", "--home", folder).code()).isEqualTo(ExitCode.HOME);
        assertThat(Rela.run("inspect", "--home", folder.resolve("nowhere")).code())
                .isEqualTo(ExitCode.INPUT);
    }

    private void damaged(String... parts) {
        Rela.Outcome outcome = Rela.run("inspect", "--home", home);
        assertThat(outcome.text()).contains(parts);
        assertThat(outcome.code()).isEqualTo(ExitCode.HOME);
    }

    private Path anyFile(String table) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(table))) {
            Path file = files.filter(path -> path.toString().endsWith(".parquet"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
            Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
            return file;
        }
    }
}
