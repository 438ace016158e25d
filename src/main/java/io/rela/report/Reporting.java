package io.rela.report;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.Epochs;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.RunInfo;
import io.rela.report.ReportFigures.Provenance;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.Figures;
import io.rela.run.Redaction;
import io.rela.table.Json;
import io.rela.table.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes a report of a home: its figures, its pictures, one page of both. Driver only. */
public final class Reporting {
    private Reporting() {}

    /**
     * What was written.
     *
     * @param report URI of the page
     * @param figures URI of the JSON file
     * @param bytes of the page
     * @param verdict in one sentence
     */
    public record Written(String report, String figures, long bytes, String verdict) implements Figures {}

    /**
     * Writes the page and its figures. A home that is damaged is shown as far as it can be read.
     *
     * @throws RelaException when there is no home, none that was converted, or a file cannot be written
     */
    public static CommandResult run(ReportRequest asked, CommandRun run) {
        HomeStatistics statistics = HomeStatistics.of(asked.home(), run);
        List<Strip> strips = Strips.of(statistics, run);
        HomeFigures home = statistics.figures();
        Optional<HomeFigures> other =
                asked.compare().map(uri -> HomeStatistics.of(uri, run).figures());
        ReportFigures figures = new ReportFigures(
                RunInfo.started(run),
                Verdict.of(home),
                home,
                strips,
                provenance(statistics.epochs(), home.home()),
                other.orElse(null));
        String page = Page.of(figures);
        write(asked.figures(), Json.text(figures), run);
        write(asked.output(), page, run);
        Written written = new Written(
                Redaction.of(asked.output()),
                Redaction.of(asked.figures()),
                page.getBytes(StandardCharsets.UTF_8).length,
                figures.verdict().headline());
        return CommandResult.done(
                        String.format(
                                Locale.ROOT,
                                "%s: %s The report is %s (%,d bytes), its figures are %s.",
                                home.home(),
                                written.verdict(),
                                written.report(),
                                written.bytes(),
                                written.figures()),
                        written)
                .about(statistics.home().root());
    }

    private static Provenance provenance(Epochs epochs, String home) {
        ConversionRecord conversion = epochs.conversion();
        List<EpochRecord> records = Stream.concat(epochs.losses().values().stream(), epochs.subsets().values().stream())
                .distinct()
                .sorted(Comparator.comparing(record -> record.run().start()))
                .toList();
        List<String> commands = new ArrayList<>(List.of(CommandLines.of(conversion, home)));
        records.forEach(record -> commands.add(CommandLines.of(record, home)));
        return new Provenance(
                conversion.settings().source().input(),
                conversion.source(),
                conversion.prior(),
                epochs.losses().values().stream()
                        .map(EpochRecord::losses)
                        .map(LossesRecord::learner)
                        .filter(Objects::nonNull)
                        .distinct()
                        .toList(),
                conversion.run().versions(),
                commands);
    }

    private static void write(String uri, String text, CommandRun run) {
        try {
            TextFile.replace(uri, text, run.hadoop());
        } catch (IOException e) {
            throw new RelaException(
                    ExitCode.INPUT,
                    Flag.OUTPUT + " " + uri + " cannot be written (" + e.getMessage()
                            + "). Make room there, or name another file.",
                    e);
        }
    }
}
