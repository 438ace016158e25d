package io.rela.cli;

import io.rela.Flag;
import io.rela.cli.options.Inputs;
import io.rela.cli.options.Problems;
import io.rela.report.ReportRequest;
import io.rela.report.Reporting;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code report}: shows a dataset home on one page; changes nothing. */
@CommandLine.Command(
        name = "report",
        description =
                "Writes one HTML file with plots and pictures of a dataset home, and its figures as JSON beside it.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rela report --home photos-rela --output photos.html",
            "  rela report --home photos-rela --compare photos-other --output photos.html"
        },
        sortOptions = false)
final class ReportCommand extends Command {
    @Option(names = Flag.HOME, required = true, paramLabel = "URI", description = "the dataset home")
    String home;

    @Option(
            names = Flag.OUTPUT,
            paramLabel = "URI",
            description =
                    "the file, which ends in " + ReportRequest.SUFFIX + "; the figures get the same name with .json;"
                            + " what is there is replaced (default ${DEFAULT-VALUE})")
    String output = "report" + ReportRequest.SUFFIX;

    @Option(
            names = Flag.COMPARE,
            paramLabel = "URI",
            description = "another home, whose counts, axes, losses and transfers are put beside")
    String compare;

    @Override
    void check(Problems problems) {
        Inputs.check(problems, Flag.HOME, home);
        Inputs.check(problems, Flag.COMPARE, compare);
        boolean named = output.endsWith(ReportRequest.SUFFIX);
        problems.check(named, Flag.OUTPUT + " " + output + ": write a name that ends in " + ReportRequest.SUFFIX);
        if (named) {
            Inputs.checkWritable(problems, Flag.OUTPUT, output);
            outside(problems, home);
            outside(problems, compare);
        }
    }

    /** A table is all that lies in its folder, and the manifest is a JSON file. */
    private void outside(Problems problems, String uri) {
        if (uri == null) {
            return;
        }
        try {
            problems.check(
                    !place(output).startsWith(place(uri) + Path.SEPARATOR),
                    Flag.OUTPUT + " " + output + " lies in the home " + uri
                            + ", whose readers take what they find there for data: name a file beside it");
        } catch (IOException | RuntimeException e) {
            problems.add(
                    Flag.OUTPUT + " " + output + " cannot be reached (" + e.getMessage() + "). Check the address.");
        }
    }

    private static String place(String uri) throws IOException {
        Path path = new Path(uri);
        return path.getFileSystem(Inputs.hadoop())
                .makeQualified(path)
                .toUri()
                .normalize()
                .toString();
    }

    @Override
    String home() {
        return home;
    }

    @Override
    CommandResult run(CommandRun run) {
        return Reporting.run(new ReportRequest(home, output, Optional.ofNullable(compare)), run);
    }
}
