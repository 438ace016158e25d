package io.rela.cli;

import io.rela.Flag;
import io.rela.cli.options.Problems;
import io.rela.demo.Demo;
import io.rela.demo.DemoRequest;
import io.rela.home.IfExists;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code demo}: the whole way on built-in pictures and the built-in prior. */
@CommandLine.Command(
        name = "demo",
        description = "The whole way on pictures that the program draws, with the built-in prior, in about a minute.",
        footerHeading = "%nExamples:%n",
        footer = {"  rela demo", "  rela demo --home rela-demo"},
        sortOptions = false)
final class DemoCommand extends Command {
    @Option(
            names = Flag.HOME,
            paramLabel = "DIR",
            description = "a local folder for pictures and dataset home (default ${DEFAULT-VALUE})")
    Path folder = Path.of("rela-demo");

    @Option(names = Flag.IF_EXISTS, description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    IfExists ifExists = IfExists.ERROR;

    @Override
    void check(Problems problems) {
        problems.check(
                !Files.exists(folder) || Files.isDirectory(folder),
                Flag.HOME + " " + folder + " is a file. Name a folder.");
    }

    @Override
    String home() {
        return folder.toString();
    }

    @Override
    CommandResult run(CommandRun run) {
        return Demo.run(new DemoRequest(folder, ifExists), run);
    }
}
