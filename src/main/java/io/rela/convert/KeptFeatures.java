package io.rela.convert;

import io.rela.Flag;
import io.rela.convert.Embedded.Features;
import io.rela.convert.Embedded.Origin;
import io.rela.convert.Embedded.Samples;
import io.rela.embed.BatchSize;
import io.rela.embed.Embedding;
import io.rela.embed.Listed;
import io.rela.embed.WavePlan;
import io.rela.home.TableFiles;
import io.rela.image.RejectReason;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.Manifest;
import io.rela.manifest.ModelInfo;
import io.rela.model.ModelFile;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.source.Missing;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.util.List;
import java.util.Optional;

/**
 * The features of a finished conversion, for an overwrite that changes nothing but how targets are made of them: no picture is
 * read again, and what comes of it is what a conversion anew would give. The samples come from the targets that go, so that kept
 * pictures are not read from the source either. Driver only, used once.
 */
final class KeptFeatures {
    private static final List<String> NEEDED =
            List.of(Tables.FEATURES.name(), Tables.TARGETS.name(), Tables.REJECTS.name());

    private final Standing standing;
    private final Manifest manifest;
    private final ConversionRecord before;
    private final ConversionSettings wanted;

    private KeptFeatures(Standing standing, Manifest manifest, ConversionRecord before, ConversionSettings wanted) {
        this.standing = standing;
        this.manifest = manifest;
        this.before = before;
        this.wanted = wanted;
    }

    /**
     * What can be kept; empty where the pictures have to be read, and a person is told why where that is not to be expected.
     *
     * @param now today's listing
     * @param is its fingerprint
     */
    static Optional<Embedded> of(Standing standing, ModelFile prior, ImageSource source, Listed now, Fingerprint is) {
        Optional<KeptFeatures> only = of(standing, prior, source, is);
        if (only.isEmpty()) {
            return Optional.empty();
        }
        KeptFeatures kept = only.get();
        Optional<String> obstacle = kept.obstacle(source, now, is);
        obstacle.ifPresent(why -> standing.run().say("Features are not kept, and pictures are read again: " + why));
        return obstacle.isPresent() ? Optional.empty() : Optional.of(kept.embedded(prior));
    }

    /** What could be kept going by the settings alone. */
    static Optional<KeptFeatures> of(Standing standing, ModelFile prior, ImageSource source, Fingerprint is) {
        ConvertRequest asked = standing.asked();
        Manifest manifest = standing.home().manifest();
        Optional<ConversionRecord> finished = manifest.newest(ConversionRecord.class);
        if (!asked.home().overwrites() || finished.isEmpty()) {
            return Optional.empty();
        }
        ConversionRecord before = finished.get();
        ConversionSettings wanted = ConvertPlan.settings(
                asked,
                prior,
                source,
                asked.embed()
                        .batchSize()
                        .flatMap(BatchSize::pictures)
                        .orElse(before.settings().batchSize()),
                prior.layoutOr(before.settings().layout()),
                standing.axes().settings(before.prior().outputDimension()));
        boolean onlyProjection = !wanted.equals(before.settings())
                && wanted.projected(before.settings().projection()).equals(before.settings());
        return onlyProjection && !isBegun(standing, wanted, is)
                ? Optional.of(new KeptFeatures(standing, manifest, before, wanted))
                : Optional.empty();
    }

    /** Whether a conversion with these settings was begun, which then goes on. */
    private static boolean isBegun(Standing standing, ConversionSettings wanted, Fingerprint is) {
        return standing.store()
                .state()
                .filter(state ->
                        state.identity().equals(wanted) && state.source().equals(is))
                .isPresent();
    }

    /** Why a conversion anew might give something else than the features that are there. */
    private Optional<String> obstacle(ImageSource source, Listed now, Fingerprint is) {
        if (!is.equals(before.source())) {
            return Optional.of("the input has changed.");
        }
        Optional<String> altered = standing.home().altered(manifest, NEEDED);
        if (altered.isPresent()) {
            return Optional.of(altered.get() + "/ is not what the manifest lists.");
        }
        long allowed = Embedding.allowed(standing.asked().embed().maxRejects(), is.count());
        if (before.counts().rejected() > allowed) {
            return Optional.of(before.counts().rejected() + " of them are rejected, " + Flag.MAX_REJECTS + " allows "
                    + allowed + ".");
        }
        if (isMissing() && mayBeBack(source, now)) {
            return Optional.of("some were missing.");
        }
        boolean same = manifest.classNames().equals(now.classNames())
                && SameSamples.hold(
                        standing.run().spark(),
                        now.files(),
                        table(Tables.TARGETS.name()),
                        table(Tables.REJECTS.name()));
        return same ? Optional.empty() : Optional.of("ids, places, lengths or labels have changed.");
    }

    private boolean isMissing() {
        return before.counts().rejectedByReason().containsKey(RejectReason.UNREADABLE.label());
    }

    private boolean mayBeBack(ImageSource source, Listed now) {
        return standing.asked().embed().missing() == Missing.FAIL
                || MissingPictures.of(standing.run().spark(), standing.home(), before)
                                .map(missing -> missing.back(source, now))
                                .orElse(0L)
                        > 0;
    }

    private RangedFiles table(String name) {
        return TableFiles.listed(standing.home(), manifest, name);
    }

    private Embedded embedded(ModelFile prior) {
        return new Embedded(
                wanted,
                before.source(),
                new Samples(table(Tables.TARGETS.name()), wanted.keepImages(), Optional.empty(), manifest.classNames()),
                new Features(
                        table(Tables.FEATURES.name()),
                        WavePlan.of(
                                before.source().count(),
                                wanted.batchSize(),
                                standing.run().slots()),
                        before.counts()),
                new Origin(
                        before.manner(),
                        ModelInfo.of(prior, before.prior().outputDimension()),
                        before.run().versions().get("libtorch"),
                        before.run().devices(),
                        Optional.of(before.featuresMade())));
    }
}
