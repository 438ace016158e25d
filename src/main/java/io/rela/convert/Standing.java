package io.rela.convert;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.embed.Listed;
import io.rela.embed.WaveStore;
import io.rela.home.DatasetHome;
import io.rela.home.IfExists;
import io.rela.image.RejectReason;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.Differences;
import io.rela.manifest.Manifest;
import io.rela.manifest.SourceSettings;
import io.rela.manifest.ViewSettings;
import io.rela.model.ModelFile;
import io.rela.model.Precision;
import io.rela.run.CommandRun;
import io.rela.run.Redaction;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.source.InputFormat;
import io.rela.source.Missing;
import io.rela.table.Tables;
import java.util.List;
import java.util.Optional;

/**
 * What a home holds of conversions, finished and unfinished, compared with the one that is asked for. Driver only, one thread.
 *
 * @param asked the request
 * @param axes how targets are to be made
 * @param run whose home this is
 * @param home the same
 * @param store progress of an unfinished conversion
 */
record Standing(
        ConvertRequest asked, TargetAxes axes, CommandRun run, DatasetHome home, WaveStore<ConversionSettings> store) {
    /** What a conversion makes. */
    static final List<String> TABLES =
            List.of(Tables.FEATURES.name(), Tables.PROJECTION.name(), Tables.TARGETS.name(), Tables.REJECTS.name());

    /** What was made of the targets that it replaces. */
    static final List<String> STAGE_TWO =
            List.of(Tables.LOSSES.name(), Tables.SUBSET.name(), Tables.CLUSTERS.name(), Tables.TRANSFERS.name());

    /**
     * What is there already and is to be left.
     *
     * @param record of it
     * @param wanted what was asked for
     * @param differences between the two
     */
    record Skipped(ConversionRecord record, ConversionSettings wanted, List<String> differences) {}

    /** The finished conversion, if there is one. */
    Optional<ConversionRecord> finished() {
        return home.manifest().newest(ConversionRecord.class);
    }

    /** Both. */
    ConvertPlan.Before before() {
        return new ConvertPlan.Before(store.state(), finished());
    }

    /** What is there already and is to be left, without a look at the input. */
    Optional<Skipped> skipped(ModelFile prior, ImageSource source) {
        return finished()
                .filter(record -> asked.home().ifExists() == IfExists.SKIP
                        && home.missing(TABLES).isEmpty())
                .map(record -> {
                    ConversionSettings wanted = asExpected(record.settings(), prior, source);
                    return new Skipped(record, wanted, Differences.between(record.settings(), wanted));
                });
    }

    /** The settings as they are asked for; what the request leaves open is as it was. */
    private ConversionSettings asExpected(ConversionSettings was, ModelFile prior, ImageSource source) {
        return new ConversionSettings(
                SourceSettings.of(
                        Redaction.of(source.uri()),
                        asked.pictures().format() == InputFormat.AUTO
                                ? was.source().inputFormat()
                                : source.format(),
                        asked.pictures().columns()),
                prior.sha256(),
                ViewSettings.of(prior.preprocessing()),
                axes.expected(was.projection()),
                asked.keepImages(),
                asked.embed().batchSize().flatMap(size -> size.pictures()).orElse(was.batchSize()),
                prior.layoutOr(was.layout()),
                prior.precision());
    }

    /** The precision that this home was begun or made in; an overwrite makes it anew. */
    Optional<Precision> precision() {
        return store.state()
                .map(WaveStore.State::identity)
                .or(() -> finished().map(ConversionRecord::settings))
                .filter(settings -> !asked.home().overwrites())
                .map(ConversionSettings::precision);
    }

    /**
     * The listing that an unfinished conversion began with, where today's lacks nothing but pictures that are gone, and those
     * may be rejects; empty where today's will do.
     */
    Optional<Listed> listingOfBefore(ImageSource source, Listed now, Fingerprint is) {
        Optional<WaveStore.State<ConversionSettings>> begun =
                store.state().filter(state -> !state.source().equals(is));
        if (begun.isEmpty() || asked.home().overwrites()) {
            return Optional.empty();
        }
        Optional<Listed> kept = store.keptListing();
        Optional<GonePictures> gone = kept.flatMap(listing -> GonePictures.between(
                GonePictures.entries(run.spark(), listing.files()),
                begun.get().source(),
                GonePictures.entries(run.spark(), now.files()),
                is,
                source.format()));
        if (gone.isEmpty()) {
            return Optional.empty();
        }
        long count = gone.get().count();
        String what =
                (count == 1 ? "1 picture is" : count + " pictures are") + " gone since this conversion began, such as "
                        + gone.get().files().iterator().next();
        if (asked.embed().missing() == Missing.FAIL) {
            throw new RelaException(
                    ExitCode.INPUT,
                    what
                            + ". Put back what is gone, count it as rejects with " + Flag.MISSING
                            + " reject, or begin anew with " + Flag.IF_EXISTS
                            + " overwrite.");
        }
        run.warn(what + ": they are rejects.");
        return kept;
    }

    /** Whether there is nothing to do, or nothing that could be done better now than when it was done. */
    boolean isDone(ConvertPlan plan, ConversionRecord finished, ImageSource source, Listed now) {
        if (asked.home().overwrites()) {
            return false;
        }
        Optional<String> gone = home.missing(TABLES).map(table -> table + "/ is gone");
        Optional<MissingPictures> missing =
                gone.isPresent() ? Optional.empty() : MissingPictures.of(run.spark(), home, finished);
        boolean sameSource = missing.isPresent() && missing.get().explain(now, plan.source(), source.format());
        Optional<String> difference = plan.differenceFrom(
                        finished.settings(), sameSource ? plan.source() : finished.source())
                .or(() -> gone);
        difference.ifPresent(d -> refuseUnlessOverwrite("holds a finished conversion that is not this one", d));
        if (difference.isPresent()) {
            return false;
        }
        long back = missing.map(pictures -> pictures.back(source, now)).orElse(0L);
        if (back == 0) {
            return true;
        }
        String what = "Pictures that were missing when this was converted and are there now: " + back + " of "
                + missing.get().count() + ". ";
        List<String> lost = stageTwo();
        if (!lost.isEmpty()) {
            run.warn(what + "With other targets " + String.join(", ", lost) + " would go: " + Flag.IF_EXISTS
                    + " overwrite converts anew.");
            return true;
        }
        run.warn(what + "Converting anew.");
        return false;
    }

    /** Whether an unfinished conversion is the one that is asked for. */
    boolean goesOn(ConvertPlan plan) {
        Optional<WaveStore.State<ConversionSettings>> unfinished = store.state();
        Optional<String> difference =
                unfinished.flatMap(begun -> plan.differenceFrom(begun.identity(), begun.source()));
        difference.ifPresent(d -> refuseUnlessOverwrite("holds an unfinished conversion that is not this one", d));
        return unfinished.isPresent() && difference.isEmpty();
    }

    void refuseUnlessOverwrite(String what, String difference) {
        if (!asked.home().overwrites()) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.root() + " " + what + " (" + difference + "). Use the same settings, another " + Flag.HOME
                            + ", or " + Flag.IF_EXISTS + " overwrite.");
        }
    }

    /** What was made of the targets that are there. */
    private List<String> stageTwo() {
        Manifest manifest = home.manifest();
        return STAGE_TWO.stream().filter(manifest::holdsBelow).toList();
    }

    /** What is to be said of pictures that are missing still; empty where none are. */
    String stillMissing(ConversionRecord finished) {
        Long missing = finished.counts().rejectedByReason().get(RejectReason.UNREADABLE.label());
        if (missing == null) {
            return "";
        }
        return stageTwo().isEmpty()
                ? " Pictures that are still missing: " + missing
                        + "; once one is there, the same command converts anew."
                : " Pictures that were missing: " + missing + ".";
    }
}
