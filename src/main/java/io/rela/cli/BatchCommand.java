package io.rela.cli;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.cli.options.Problems;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.Figures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** {@code batch}: other commands, one after the other in one session, so that they do not wait for one to start. */
@CommandLine.Command(
        name = "batch",
        description = {
            "Runs commands in one Spark session: reads them from standard input, one a line without \"rela\", blanks quoted,",
            "and prints \"rela batch: exit CODE\" after each. Goes on after one that fails, and ends with the first one's code."
        },
        footerHeading = "%nExamples:%n",
        footer = "  echo 'inspect --home photos-rela' | rela batch",
        sortOptions = false)
final class BatchCommand extends Command {
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"|'([^']*)'");

    private InputStream in;
    private Function<String[], ExitCode> runner;

    /**
     * How the commands came out.
     *
     * @param commands that were run
     * @param failed of them
     */
    private record Ran(long commands, long failed) implements Figures {}

    /** Says where lines come from and what runs each; before {@link #run}. */
    void reads(InputStream lines, Function<String[], ExitCode> each) {
        in = lines;
        runner = each;
    }

    @Override
    void check(Problems problems) {}

    @Override
    CommandResult run(CommandRun run) {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        long commands = 0;
        long failed = 0;
        ExitCode first = ExitCode.DONE;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                ExitCode code = one(line, run);
                run.out().println("rela batch: exit " + code.code());
                run.out().flush();
                commands++;
                if (code != ExitCode.DONE) {
                    first = failed == 0 ? code : first;
                    failed++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (failed > 0) {
            throw new RelaException(first, failed + " of " + commands + " commands failed; each said why.");
        }
        return CommandResult.done("Ran " + commands + " commands.", new Ran(commands, 0));
    }

    private ExitCode one(String line, CommandRun run) {
        if (!WORD.matcher(line).replaceAll("").isBlank()) {
            run.say("rela batch: a quote is not closed in: " + line);
            return ExitCode.SETTINGS;
        }
        return runner.apply(words(line));
    }

    /** Words of a line, parted by blanks where no quotes, single or double, are around them. */
    static String[] words(String line) {
        return WORD.matcher(line)
                .results()
                .map(word -> QUOTED.matcher(word.group())
                        .replaceAll(quoted ->
                                Matcher.quoteReplacement(quoted.group(1) == null ? quoted.group(2) : quoted.group(1))))
                .toArray(String[]::new);
    }
}
