package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.Rela;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class HelpTest {
    /** An example may need what one of a command before it made. */
    private static final List<String> ORDER = List.of(
            "convert",
            "distill",
            "score",
            "select",
            "inspect",
            "report",
            "transport",
            "probe",
            "prune",
            "batch",
            "completion",
            "demo");

    /** Folders and files of the examples. */
    private static final Set<String> FOLDERS =
            Set.of("photos", "photos-rela", "photos-other", "photos.html", "test-rela", "rela-demo");

    @TempDir
    Path folder;

    @Test
    void everyExampleOfEveryCommandRuns() throws IOException {
        Path pictures = Files.createDirectory(folder.resolve("photos"));
        DemoPictures.write(pictures);
        assertThat(ORDER)
                .containsExactlyInAnyOrderElementsOf(
                        new CommandLine(new RelaCommand()).getSubcommands().keySet());
        for (String command : ORDER) {
            String help = Rela.run(command, "--help").text();
            assertThat(help).as(command).contains("Examples:\n");
            List<String> examples = help.substring(help.indexOf("Examples:\n") + "Examples:\n".length())
                    .replaceAll("\\\\\n +", "")
                    .lines()
                    .takeWhile(line -> !line.isBlank())
                    .map(String::strip)
                    .toList();
            assertThat(examples).as(command).isNotEmpty();
            for (String example : examples) {
                Rela.Outcome outcome = run(example);
                assertThat(outcome.code()).as(example + ": " + outcome.text()).isEqualTo(ExitCode.DONE);
            }
        }
    }

    /** Runs what stands after rela, with what it reads from {@code echo}. */
    private Rela.Outcome run(String example) {
        InputStream in = InputStream.nullInputStream();
        String line = example;
        if (example.startsWith("echo '")) {
            String[] parts = example.substring("echo '".length()).split("' \\| ", -1);
            in = new ByteArrayInputStream(placed(parts[0]).getBytes(StandardCharsets.UTF_8));
            line = parts[1];
        } else if (example.startsWith("source <(")) {
            line = example.substring("source <(".length(), example.length() - 1);
        }
        assertThat(line).startsWith("rela ");
        String words = line.equals("rela demo") ? "demo --home rela-demo" : line.substring("rela ".length());
        return Rela.run(in, (Object[]) placed(words).split(" ", -1));
    }

    private String placed(String words) {
        return Stream.of(words.split(" ", -1))
                .map(word ->
                        FOLDERS.contains(word) ? folder.resolve(place(word)).toString() : word)
                .collect(Collectors.joining(" "));
    }

    /** Other pictures of the same classes are the same ones here. */
    private static String place(String name) {
        return name.equals("test-rela") ? "photos-rela" : name;
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        Path script = folder.resolve("completion");
        Files.writeString(script, Rela.run("completion", "bash").text());
        String ask = "source " + script
                + "; COMP_WORDS=(rela select --pol); COMP_CWORD=2; _complete_rela; echo ${COMPREPLY[@]}"
                + "; COMP_WORDS=(rela sel); COMP_CWORD=1; _complete_rela; echo ${COMPREPLY[@]}";
        Process bash = new ProcessBuilder("bash", "-c", ask)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).isEqualTo("--policy\nselect\n");
        assertThat(bash.waitFor()).isZero();
    }

    @Test
    void misspelledOptionsAndCommandsAreAskedFor() {
        assertThat(Rela.run("select", "--home", folder, "--epoch", 0, "--polcy", "hard")
                        .text())
                .contains("'--polcy'", "is it --policy?");
        assertThat(Rela.run("selct", "--home", folder).text()).contains("is it select?");
        assertThat(Rela.run("completion", "fish").code()).isEqualTo(ExitCode.SETTINGS);
    }
}
