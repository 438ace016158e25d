package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.select.SelectionPolicies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What policies declare, as options, in help, in a configuration file and among the settings of a subset. */
class PolicyOptionsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"select", "distill"})
    void helpShowsEveryPolicyAndWhoseEachParameterIs(String command) {
        String help = run(command, "--help").text().replaceAll("\\s+", " ");
        SelectionPolicies.all().forEach(policy -> {
            assertThat(help).contains(policy.name() + " " + policy.rule());
            policy.parameters().forEach(parameter -> assertThat(help)
                    .contains("--" + parameter.name() + "=")
                    .contains("of " + policy.name() + ": " + parameter.meaning()));
        });
        assertThat(help)
                .contains("Parameters of policies: --prune-probability=P of infobatch:")
                .contains("(default 0.5) of seta:")
                .contains("(default half way from --ratio to 1)");
    }

    @Test
    void scoreDoesNotTakeThem() {
        assertThat(run("score", "--help").text()).doesNotContain("--prune-probability", "Policies");
    }

    @Test
    void aConfigurationFileMayHaveThemAndTheCommandLineWins() throws IOException {
        Path config = Files.writeString(folder.resolve("config"), "select.prune-probability = 1\ngroups = 0\n");
        Outcome fromFile = run("select", "--policy", "seta", "--config", config.toString());
        assertThat(fromFile.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(fromFile.text())
                .contains(
                        "--prune-probability 1.0: write a number from 0 to below 1",
                        "--groups 0: write a whole number of at least 1",
                        "'--home=URI'");
        Outcome fromLine = run(
                "select",
                "--policy",
                "seta",
                "--config",
                config.toString(),
                "--prune-probability",
                "0.5",
                "--groups=2");
        assertThat(fromLine.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(fromLine.text()).contains("'--home=URI'").doesNotContain("--prune-probability", "--groups");
    }

    @Test
    void wrongValuesStrangersAndAnUnknownPolicyAreSaidTogether() {
        Outcome stranger =
                run("select", "--policy", "infobatch", "--groups", "0", "--temperature", "Infinity", "--ratio", "0.5");
        assertThat(stranger.text())
                .contains(
                        "--groups 0: write a whole number of at least 1",
                        "--temperature Infinity: write a finite number above 0",
                        "--groups is no parameter of --policy infobatch, which has [prune-probability, anneal-from]:"
                                + " leave it out",
                        "--ratio does not decide what --policy infobatch keeps, --prune-probability does: leave it"
                                + " out");
        assertThat(run("select", "--policy", "seta", "--groups", "2.5").text())
                .contains("Invalid value for option '--groups'");
        assertThat(run("select", "--policy", "bogus", "--groups", "0").text())
                .contains("--policy bogus is none of [uniform, cyclic", "--groups 0: write");
    }

    @Test
    void referenceLossesWithoutAPolicyThatLooksAtThemAreRefused() {
        assertThat(run("select", "--policy", "hard", "--ratio", "0.5", "--reference-losses-epoch", "-1")
                        .text())
                .contains(
                        "--reference-losses-epoch -1: epochs are counted from 0 on",
                        "--policy hard does not look at reference losses: leave --reference-losses-epoch and"
                                + " --reference-losses out");
        String gone = folder.resolve("gone.csv").toString();
        assertThat(run("select", "--policy", "hard", "--reference-losses", gone, "--reference-losses-epoch", "1")
                        .text())
                .contains("--reference-losses " + gone + " is not there", "both give reference losses");
        assertThat(run("distill", "--policy", "hard", "--reference-losses-time", "step")
                        .text())
                .contains("--reference-losses-time step has no meaning without --reference-losses");
    }

    /** As homes have them that were made before: each number as a double's text. */
    private record Outcome(ExitCode code, String text) {}

    private static Outcome run(String... args) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        return new Outcome(
                Main.run(args, InputStream.nullInputStream(), stream, stream), said.toString(StandardCharsets.UTF_8));
    }
}
