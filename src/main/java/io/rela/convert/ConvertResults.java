package io.rela.convert;

import io.rela.embed.Embedding;
import io.rela.home.DatasetHome;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionRecord.ProjectionInfo;
import io.rela.manifest.Counts;
import io.rela.projection.Dimensions;
import io.rela.run.CommandResult;
import io.rela.run.Outcome;
import io.rela.table.Tables;
import java.util.List;
import java.util.Locale;

/** How a conversion ended, in words. */
final class ConvertResults {
    private ConvertResults() {}

    static CommandResult done(DatasetHome home, ConversionRecord record) {
        return result(home, Outcome.DONE, ": " + summary(record), record);
    }

    /** @param more what else is to be said, after a space; may be empty */
    static CommandResult unchanged(DatasetHome home, ConversionRecord record, String more) {
        return result(
                home, Outcome.UNCHANGED, " is already converted with these settings: nothing to do." + more, record);
    }

    static CommandResult skipped(DatasetHome home, Standing.Skipped skipped) {
        boolean same = skipped.differences().isEmpty();
        CommandResult result = result(
                home,
                Outcome.SKIPPED,
                " holds a finished conversion"
                        + (same ? "" : " with other settings (" + String.join("; ", skipped.differences()) + ")")
                        + ": skipped.",
                skipped.record());
        return same ? result : result.insteadOf(skipped.wanted());
    }

    private static String summary(ConversionRecord record) {
        Dimensions asked = record.settings().projection().dimensions();
        return String.format(
                Locale.ROOT,
                "%s, targets of %d values (%s%s), %.1f s",
                pictures(record),
                record.projection().dimensions(),
                asked.number().isPresent() ? "" : asked + ": ",
                kept(record.projection()),
                record.run().seconds().get("total"));
    }

    private static String kept(ProjectionInfo projection) {
        if (projection.consensus() == null) {
            return String.format(Locale.ROOT, "%.1f%% of the variance", 100 * projection.explainedVariance());
        }
        List<Double> correlations = projection.consensus().correlations();
        return String.format(
                Locale.ROOT,
                "correlations of both priors from %.2f to %.2f",
                correlations.get(0),
                correlations.get(correlations.size() - 1));
    }

    private static String pictures(ConversionRecord record) {
        Counts counts = record.counts();
        if (record.result().featuresMade() != null) {
            return String.format(Locale.ROOT, "features of %,d pictures kept", counts.converted());
        }
        return String.format(
                Locale.ROOT,
                "%,d listed = %,d converted + %,d rejected%s",
                counts.listed(),
                counts.converted(),
                counts.rejected(),
                Embedding.inBrackets(counts.rejectedByReason()));
    }

    private static CommandResult result(DatasetHome home, Outcome outcome, String message, ConversionRecord record) {
        return CommandResult.done(home.root() + message, record)
                .about(home.root(), Tables.TARGETS.name())
                .ended(outcome);
    }
}
