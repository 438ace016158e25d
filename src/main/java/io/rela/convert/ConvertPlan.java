package io.rela.convert;

import io.rela.RelaException;
import io.rela.embed.BatchSize;
import io.rela.embed.EmbedPlan;
import io.rela.embed.WaveStore;
import io.rela.image.PixelLayout;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionSettings;
import io.rela.manifest.ConversionSettings.ProjectionSettings;
import io.rela.manifest.Differences;
import io.rela.manifest.SourceSettings;
import io.rela.manifest.ViewSettings;
import io.rela.model.ModelFile;
import io.rela.run.CommandRun;
import io.rela.run.Redaction;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import java.util.List;
import java.util.Optional;

/**
 * What a {@code convert} was asked for, resolved: nothing after this decides anything. Immutable.
 *
 * @param settings what decides the result
 * @param source the pictures
 * @param embedding how the prior runs over them
 */
record ConvertPlan(ConversionSettings settings, Fingerprint source, EmbedPlan embedding) {
    /**
     * What this home holds of conversions.
     *
     * @param unfinished one that goes on
     * @param finished one that is complete
     */
    record Before(Optional<WaveStore.State<ConversionSettings>> unfinished, Optional<ConversionRecord> finished) {
        /** The same without an unfinished conversion that is not the one that is asked for. */
        private Before of(ConvertRequest asked, ModelFile prior, ImageSource source, TargetAxes axes) {
            return new Before(
                    unfinished.filter(state -> {
                        ConversionSettings begun = state.identity();
                        return settings(
                                        asked,
                                        prior,
                                        source,
                                        begun.batchSize(),
                                        prior.layoutOr(begun.layout()),
                                        axes.expected(begun.projection()))
                                .equals(begun);
                    }),
                    finished);
        }
    }

    /**
     * Tries the prior on an executor and settles every setting. What was resolved once for a home stays, unless the request
     * says otherwise.
     *
     * @param axes how targets are to be made
     * @param subject what is to be embedded
     * @param source of the pictures
     * @throws RelaException when prior, device and settings do not go together
     */
    static ConvertPlan resolve(
            ConvertRequest asked,
            TargetAxes axes,
            EmbedPlan.Subject subject,
            Fingerprint source,
            Before before,
            CommandRun run) {
        ImageSource pictures = subject.source().orElseThrow();
        Before same = before.of(asked, subject.file(), pictures, axes);
        EmbedPlan embedding = EmbedPlan.resolve(
                asked.embed(),
                subject,
                new EmbedPlan.Settled(
                        settledBatch(asked, same),
                        settledLayout(asked, same),
                        same.unfinished().map(WaveStore.State::plan)),
                run);
        return new ConvertPlan(
                settings(
                        asked,
                        subject.file(),
                        pictures,
                        embedding.job().batch(),
                        embedding.job().layout(),
                        axes.settings(embedding.probe().outputDimension())),
                source,
                embedding);
    }

    /** What decides the result, where batch and projection are settled. */
    static ConversionSettings settings(
            ConvertRequest asked,
            ModelFile prior,
            ImageSource source,
            int batch,
            PixelLayout layout,
            ProjectionSettings projection) {
        return new ConversionSettings(
                SourceSettings.of(
                        Redaction.of(source.uri()),
                        source.format(),
                        asked.pictures().columns()),
                prior.sha256(),
                ViewSettings.of(prior.preprocessing()),
                projection,
                asked.keepImages(),
                batch,
                layout,
                prior.precision());
    }

    /** What the request says, else what this home was begun with. */
    private static Optional<Integer> settledBatch(ConvertRequest asked, Before before) {
        Optional<BatchSize> size = asked.embed().batchSize();
        boolean anew =
                size.filter(BatchSize::isAuto).isPresent() && asked.home().overwrites();
        return size.flatMap(BatchSize::pictures)
                .or(() -> before.unfinished().map(state -> state.identity().batchSize()))
                .or(() -> before.finished().filter(record -> !anew).map(record -> record.settings()
                        .batchSize()));
    }

    /** What this home was begun with, so that a feature's last bits stay; an overwrite makes them anew. */
    private static Optional<PixelLayout> settledLayout(ConvertRequest asked, Before before) {
        return before.unfinished()
                .map(WaveStore.State::identity)
                .or(() -> before.finished()
                        .filter(record -> !asked.home().overwrites())
                        .map(ConversionRecord::settings))
                .map(ConversionSettings::layout);
    }

    /** What differs from an earlier conversion, as a person reads it; empty when this is the same one. */
    Optional<String> differenceFrom(ConversionSettings before, Fingerprint listed) {
        List<String> differences = Differences.between(before, settings);
        if (!source.equals(listed)) {
            differences.add("the input has changed: " + listed.count() + " pictures of " + listed.bytes()
                    + " bytes before, " + source.count() + " of " + source.bytes() + " now, ids "
                    + (source.idsSha256().equals(listed.idsSha256()) ? "the same" : "differ"));
        }
        return differences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", differences));
    }
}
