package io.rela.convert;

import io.rela.image.RejectReason;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.Differences;
import io.rela.model.ModelFile;
import io.rela.run.CommandResult;
import io.rela.run.Figures;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.table.Tables;
import java.util.Locale;
import java.util.Optional;

/**
 * What a conversion would do. Driver only.
 *
 * @param standing what the home holds
 * @param prior the model
 * @param source of the pictures
 * @param classes number of class names
 * @param plan how the work would be done
 */
record ConversionPreview(Standing standing, ModelFile prior, ImageSource source, int classes, ConvertPlan plan) {
    /**
     * In figures.
     *
     * @param would what would be done
     * @param settings that decide the result
     * @param source the pictures
     * @param classes number of class names
     * @param work how it is cut
     * @param needs what it takes
     */
    record Preview(String would, ConversionSettings settings, Fingerprint source, int classes, Work work, Needs needs)
            implements Figures {}

    /**
     * How the work is cut.
     *
     * @param device that the prior was tried on
     * @param waves number of them
     * @param wave pictures of each but the last
     * @param slots tasks that run at a time
     */
    record Work(String device, int waves, long wave, int slots) {}

    /**
     * About what is needed, in bytes. What the model's own layers hold while it runs comes on top.
     *
     * @param features table on storage, before compression
     * @param targets the same, of as many values as are known or the prior gives; pictures that are kept included
     * @param slot memory outside of the heap for each task that runs: a batch of pictures, twice; the model is there once a
     *     process
     * @param model the module's file
     * @param driver heap for the axes: matrices of all pairs of the prior's values
     */
    record Needs(long features, long targets, long slot, long model, long driver) {}

    /** Matrices of all pairs of values that the axes take on the driver: the moments, a copy that is reduced, and the axes. */
    private static final int MATRICES = 3;

    /**
     * Prints it.
     *
     * @param kept what an unfinished conversion keeps; empty where there is none
     * @throws io.rela.RelaException when the conversion would be refused
     */
    CommandResult result(Optional<String> kept) {
        Preview preview = new Preview(would(kept), plan.settings(), plan.source(), classes, work(), needs());
        Differences.values(preview.settings()).forEach(this::line);
        line(
                "pictures",
                String.format(
                        Locale.ROOT,
                        "%,d of %,d bytes in all%s",
                        preview.source().count(),
                        preview.source().bytes(),
                        classes == 0 ? ", without classes" : String.format(Locale.ROOT, ", %,d classes", classes)));
        line(
                "prior",
                prior.uri() + ", " + plan.embedding().probe().outputDimension() + " values, tried on "
                        + preview.work().device());
        line(
                "work",
                String.format(
                        Locale.ROOT,
                        "%,d waves of up to %,d pictures, %d tasks at a time",
                        preview.work().waves(),
                        preview.work().wave(),
                        preview.work().slots()));
        line(
                "tables",
                String.format(
                        Locale.ROOT,
                        "about %,d MiB of features, up to %,d MiB of targets",
                        mebibytes(preview.needs().features()),
                        mebibytes(preview.needs().targets())));
        line(
                "memory",
                String.format(
                        Locale.ROOT,
                        "outside of the heap %,d MiB for each task beside a model of %,d MiB and its layers; on the"
                                + " driver's heap %,d MiB",
                        mebibytes(preview.needs().slot()),
                        mebibytes(preview.needs().model()),
                        mebibytes(preview.needs().driver())));
        return CommandResult.done(standing.home().root() + ": dry run, would " + preview.would() + ".", preview)
                .about(standing.home().root());
    }

    private void line(String name, String value) {
        standing.run().out().println(String.format(Locale.ROOT, "%-24s %s", name, value));
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }

    private String would(Optional<String> kept) {
        Optional<ConversionRecord> finished = standing.finished();
        boolean overwrites = standing.asked().home().overwrites();
        if (finished.isPresent() && !overwrites) {
            return beside(finished.get());
        }
        if (KeptFeatures.of(standing, prior, source, plan.source()).isPresent()) {
            return "keep features and make axes and targets anew, if the pictures are the same";
        }
        if (standing.goesOn(plan)) {
            return "go on with an unfinished conversion, which " + kept.orElse("keeps nothing");
        }
        return finished.isPresent() || kept.isPresent()
                ? "convert anew, and what is there would go"
                : "convert all pictures";
    }

    /** Beside a finished conversion that stays. */
    private String beside(ConversionRecord finished) {
        Optional<String> lost = standing.home().missing(Standing.TABLES).map(table -> table + "/ is gone");
        boolean missed = finished.counts().rejectedByReason().containsKey(RejectReason.UNREADABLE.label())
                && plan.source().count() <= finished.source().count();
        Fingerprint then = missed ? plan.source() : finished.source();
        lost.or(() -> plan.differenceFrom(finished.settings(), then))
                .ifPresent(
                        why -> standing.refuseUnlessOverwrite("holds a finished conversion that is not this one", why));
        return missed && !finished.source().equals(plan.source())
                ? "look for the pictures that were missing, and convert anew if one is back"
                : "do nothing: it is done";
    }

    private Work work() {
        return new Work(
                plan.embedding().probe().device(),
                plan.embedding().waves().waves().size(),
                plan.embedding().waves().wave(),
                standing.run().slots());
    }

    private Needs needs() {
        long pictures = plan.source().count();
        long values = plan.embedding().probe().outputDimension();
        int kept = plan.settings().projection().dimensions().number().orElse((int) values);
        long pixels =
                plan.embedding().job().batch() * (long) prior.preprocessing().pixelBytes();
        return new Needs(
                pictures * (Long.BYTES + values * Float.BYTES),
                pictures * Tables.targetBytes(kept)
                        + (plan.settings().keepImages() ? plan.source().bytes() : 0),
                2 * pixels * Float.BYTES,
                prior.bytes().length,
                MATRICES * values * values * Double.BYTES);
    }
}
