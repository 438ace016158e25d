package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.Rela;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchTest {
    @TempDir
    static Path folder;

    private static Rela.Outcome batch(String... lines) {
        return Rela.run(new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)), "batch");
    }

    @Test
    void wordsArePartedByBlanksOutsideOfQuotes() {
        assertThat(BatchCommand.words("select  --home \"my photos\" --a='b \"c\" d' e\\f"))
                .containsExactly("select", "--home", "my photos", "--a=b \"c\" d", "e\\f");
    }

    @Test
    void commandsRunInOneSessionAndEachTellsHowItEnded() throws IOException {
        Path pictures = Files.createDirectory(folder.resolve("my pictures"));
        DemoPictures.write(pictures);
        Path home = folder.resolve("home");
        String convert = "convert --input '" + pictures + "' --home " + home + " --prior " + Rela.prior("features16")
                + " --input-size 16 --dimensions 8";
        Rela.Outcome outcome = batch(
                "# makes a home",
                convert,
                "",
                "select --home " + home + " --epoch 1 --policy hard --ratio 0.5",
                "select --home " + home + " --epoch 2 --policy uniform --ratio 0.5",
                "inspect --home \"" + home);
        assertThat(outcome.text().lines().filter(line -> line.startsWith("rela batch: exit")))
                .containsExactly(
                        "rela batch: exit 0", "rela batch: exit 2", "rela batch: exit 0", "rela batch: exit 2");
        assertThat(outcome.text()).contains("a quote is not closed in: inspect", "2 of 4 commands failed");
        assertThat(outcome.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(Rela.rows(home, "subsets/epoch=2"))
                .hasSize(Rela.rows(home, "targets").size() / 2);
        assertThat(batch("inspect --home " + home).code()).isEqualTo(ExitCode.DONE);
    }
}
