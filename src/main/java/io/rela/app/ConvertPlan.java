package io.rela.app;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.embed.WaveStore;
import io.rela.prior.PriorFile;
import io.rela.prior.PriorModel;
import io.rela.settings.IfExists;
import io.rela.source.ImageSource;
import io.rela.table.ManifestRecord;
import io.rela.table.ManifestRecord.Fingerprint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What a {@code convert} was asked for, resolved: nothing after this decides anything. Immutable.
 *
 * @param identity the settings that decide the result
 * @param source the pictures
 * @param embedding how the prior runs over them
 * @param dimensions values a target
 */
record ConvertPlan(Map<String, String> identity, Fingerprint source, EmbedPlan embedding, int dimensions) {
    private static final int USUAL_DIMENSIONS = 512;

    /**
     * Tries the prior on an executor and settles every setting. What was resolved once for a home stays, unless the command
     * line says otherwise.
     *
     * @param asked the command line
     * @param prior the model
     * @param model the same, on its way to executors
     * @param source of the pictures
     * @param fingerprint of the pictures
     * @param folder in which tasks leave their files
     * @param unfinished a conversion in this home that goes on
     * @param finished a conversion in this home that is complete
     * @param timings takes the seconds of choosing a batch size, where one is chosen by trying
     * @throws RelaException when prior, device and settings do not go together
     */
    static ConvertPlan resolve(
            ConvertCommand asked,
            PriorFile prior,
            PriorModel model,
            ImageSource source,
            Fingerprint fingerprint,
            String folder,
            Optional<WaveStore.State> unfinished,
            Optional<ManifestRecord> finished,
            Timings timings,
            JavaSparkContext spark) {
        EmbedPlan embedding = new EmbedPlan.Asked(asked.device, asked.batchSize, asked.waveSize, asked.missing)
                .resolve(
                        prior,
                        model,
                        source,
                        fingerprint.count(),
                        settledBatch(asked, unfinished, finished),
                        unfinished.map(WaveStore.State::plan),
                        folder,
                        timings,
                        spark);
        int dimensions = dimensions(asked, embedding.probe().outputDimension());
        return new ConvertPlan(
                ConvertIdentity.of(asked, prior, source, embedding.job().batch(), dimensions),
                fingerprint,
                embedding,
                dimensions);
    }

    /** What the command line says, else what this home was begun with. */
    private static Optional<Integer> settledBatch(
            ConvertCommand asked, Optional<WaveStore.State> unfinished, Optional<ManifestRecord> finished) {
        boolean anew = asked.batchSize != null && asked.batchSize.isAuto() && asked.ifExists == IfExists.OVERWRITE;
        return Optional.ofNullable(asked.batchSize).flatMap(BatchSize::pictures).or(() -> unfinished
                .map(WaveStore.State::identity)
                .or(() -> finished.filter(record -> !anew).map(ManifestRecord::settings))
                .map(settings -> settings.get(EmbedPlan.BATCH_SIZE))
                .map(Integer::parseInt));
    }

    /** What differs from an earlier conversion, as a person reads it; empty when this is the same one. */
    Optional<String> differenceFrom(Map<String, String> settings, Fingerprint before) {
        List<String> differences = ConvertIdentity.differences(ConvertIdentity.of(settings), identity);
        if (!source.equals(before)) {
            differences.add("the input has changed: " + before.count() + " pictures of " + before.bytes()
                    + " bytes before, " + source.count() + " of " + source.bytes() + " now, ids "
                    + (source.idsSha256().equals(before.idsSha256()) ? "the same" : "differ"));
        }
        return differences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", differences));
    }

    private static int dimensions(ConvertCommand asked, int given) {
        return switch (asked.projection) {
            case NONE -> given;
            case PCA, RANDOM -> {
                if (asked.dimensions != null && asked.dimensions > given) {
                    throw new RelaException(
                            ExitCode.SETTINGS,
                            "The prior gives " + given + " values, --dimensions asks for " + asked.dimensions
                                    + ": ask for " + given + " or less.");
                }
                yield asked.dimensions != null ? asked.dimensions : Math.min(USUAL_DIMENSIONS, given);
            }
        };
    }
}
