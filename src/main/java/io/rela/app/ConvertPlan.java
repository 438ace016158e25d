package io.rela.app;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.embed.BatchTrials;
import io.rela.embed.EmbedJob;
import io.rela.embed.WavePlan;
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
import org.apache.spark.util.SerializableConfiguration;

/**
 * What a {@code convert} was asked for, resolved: nothing after this decides anything. Immutable.
 *
 * @param identity the settings that decide the result
 * @param source the pictures
 * @param waves how they are cut
 * @param job what tasks do
 * @param probe what the prior gives
 * @param dimensions values a target
 */
record ConvertPlan(
        Map<String, String> identity,
        Fingerprint source,
        WavePlan waves,
        EmbedJob job,
        EmbedJob.Probe probe,
        int dimensions) {
    private static final int USUAL_DIMENSIONS = 512;
    private static final int GPU_BATCH = 256;
    private static final String BATCH_SIZE = "batch-size";

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
        Optional<Integer> settled = settledBatch(asked, unfinished, finished);
        int cpuBatch = PriorModel.usualCpuBatch(prior.preprocessing().inputSize());
        refuseGiantBatch(settled.orElse(cpuBatch), prior);
        EmbedJob trial = new EmbedJob(
                source,
                model,
                prior.preprocessing(),
                asked.device,
                settled.orElse(cpuBatch),
                folder,
                new SerializableConfiguration(spark.hadoopConfiguration()));
        EmbedJob.Probe probe = trial.probe(spark);
        boolean gpu = probe.device().startsWith("gpu");
        int batch;
        if (settled.isPresent()) {
            batch = settled.get();
        } else if (isAuto(asked)) {
            batch = timings.timed(
                    "calibrate",
                    () -> BatchTrials.fastest(trial, gpu, Sessions.slots(spark), largestBatch(prior), spark));
        } else {
            batch = gpu ? GPU_BATCH : cpuBatch;
        }
        refuseGiantBatch(batch, prior);
        int dimensions = dimensions(asked, probe.outputDimension());
        WavePlan waves = unfinished
                .map(WaveStore.State::plan)
                .filter(old -> old.samples() == fingerprint.count() && old.block() == WavePlan.blockFor(batch))
                .orElseGet(() -> asked.waveSize == null
                        ? WavePlan.of(fingerprint.count(), batch, Sessions.slots(spark))
                        : WavePlan.ofWave(fingerprint.count(), batch, asked.waveSize));
        return new ConvertPlan(
                ConvertIdentity.of(asked, prior, source, batch, dimensions),
                fingerprint,
                waves,
                trial.withBatch(batch),
                probe,
                dimensions);
    }

    /** What the command line says, else what this home was begun with. */
    private static Optional<Integer> settledBatch(
            ConvertCommand asked, Optional<WaveStore.State> unfinished, Optional<ManifestRecord> finished) {
        boolean anew = isAuto(asked) && asked.ifExists == IfExists.OVERWRITE;
        return Optional.ofNullable(asked.batchSize).flatMap(BatchSize::pictures).or(() -> unfinished
                .map(WaveStore.State::identity)
                .or(() -> finished.filter(record -> !anew).map(ManifestRecord::settings))
                .map(settings -> settings.get(BATCH_SIZE))
                .map(Integer::parseInt));
    }

    private static boolean isAuto(ConvertCommand asked) {
        return asked.batchSize != null && asked.batchSize.isAuto();
    }

    private static int largestBatch(PriorFile prior) {
        return (int) (Integer.MAX_VALUE / (prior.preprocessing().pixelBytes() * (long) Float.BYTES));
    }

    private static void refuseGiantBatch(int batch, PriorFile prior) {
        int most = largestBatch(prior);
        if (batch > most) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--batch-size " + batch + ": a batch of pictures of this size takes more than 2 GiB, ask for "
                            + most + " or less.");
        }
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
