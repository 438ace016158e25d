package io.rela.inspect;

import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionRecord.ConsensusInfo;
import io.rela.manifest.Counts;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.HomeRecord;
import io.rela.manifest.LossInfo;
import io.rela.manifest.LossesRecord.TransferInfo;
import io.rela.manifest.ModelInfo;
import io.rela.manifest.PruneRecord;
import io.rela.manifest.RunInfo;
import io.rela.manifest.SubsetRecord;
import io.rela.table.Json;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Prints the records of a manifest for a person. */
final class RecordPrinter {
    private final PrintStream out;

    RecordPrinter(PrintStream out) {
        this.out = out;
    }

    void print(HomeRecord record) {
        out.println(record.command() + "  " + record.run().start() + " to "
                + record.run().end());
        if (record instanceof ConversionRecord conversion) {
            print(conversion);
        } else if (record instanceof EpochRecord epoch) {
            print(epoch);
        } else if (record instanceof PruneRecord prune) {
            line("removed", prune.removed() + ", keeping the newest " + prune.keepEpochs() + " epochs");
        }
        print(record.run());
    }

    private void print(ConversionRecord record) {
        settings(record.settings());
        print("prior", record.prior());
        line(
                "source",
                record.source().count() + " pictures, " + record.source().bytes() + " bytes, ids "
                        + record.source().idsSha256());
        print(record.counts());
        line(
                "projection",
                String.format(
                        Locale.ROOT,
                        "%s, %d dimensions, %.2f%% of the variance, %d without variance",
                        record.projection().kind(),
                        record.projection().dimensions(),
                        100 * record.projection().explainedVariance(),
                        record.projection().withoutVariance()));
        ConsensusInfo consensus = record.projection().consensus();
        if (consensus != null) {
            print("shared with", consensus.prior());
            line("correlations", consensus.correlations() + "  with " + consensus.home());
        }
    }

    private void print(EpochRecord record) {
        line("epoch", Integer.toString(record.epoch()));
        print(record.counts());
        if (record.losses() != null) {
            settings(record.losses().settings());
            if (record.losses().learner() != null) {
                print("learner", record.losses().learner());
            }
            print(record.losses().figures());
            if (record.losses().transfer() != null) {
                print(record.losses().transfer());
            }
        }
        if (record.subset() != null) {
            settings(record.subset().settings());
            print(record.subset());
        }
    }

    private void settings(Object settings) {
        line("settings", Json.line(settings));
    }

    private void print(String what, ModelInfo model) {
        line(
                what,
                model.uri() + "  sha256 " + model.sha256() + "  " + model.inputSize() + "x" + model.inputSize() + " -> "
                        + model.outputDimension() + "  " + model.precision());
    }

    private void print(Counts counts) {
        line(
                "counts",
                "listed " + counts.listed() + " = converted " + counts.converted() + " + rejected " + counts.rejected()
                        + " " + counts.rejectedByReason());
    }

    private void print(LossInfo losses) {
        line(
                "losses",
                String.format(
                        Locale.ROOT,
                        "of epoch %d: mean %.6f, from %s to %s, %,d samples have none",
                        losses.epoch(),
                        losses.mean(),
                        losses.smallest(),
                        losses.largest(),
                        losses.missing()));
    }

    private void print(TransferInfo transfer) {
        line(
                "transfer",
                String.format(
                        Locale.ROOT,
                        "R2 %.4f, mean cosine %.4f on %,d held-out samples, fitted to %,d; %s",
                        transfer.r2(),
                        transfer.meanCosine(),
                        transfer.heldOut(),
                        transfer.samples(),
                        transfer.uri()));
    }

    private void print(SubsetRecord subset) {
        Double mean = subset.figures().meanLoss();
        line(
                "subset",
                String.format(
                        Locale.ROOT,
                        "%s: %,d rows in %d files, weights sum to %.1f%s",
                        subset.settings().policy().policy(),
                        subset.figures().rows(),
                        subset.figures().files(),
                        subset.figures().weightSum(),
                        mean == null ? "" : String.format(Locale.ROOT, ", mean loss %.6f", mean)));
    }

    private void print(RunInfo run) {
        Map<String, String> seconds = new TreeMap<>();
        run.seconds().forEach((part, value) -> seconds.put(part, String.format(Locale.ROOT, "%.1f", value)));
        line("seconds", seconds.toString());
        line("versions", run.versions() + "  devices " + run.devices());
        run.warnings().forEach(warning -> line("warning", warning));
    }

    private void line(String name, String text) {
        out.println(String.format(Locale.ROOT, "  %-12s %s", name, text));
    }
}
