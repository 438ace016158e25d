package io.rela.app;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.embed.BatchTrials;
import io.rela.embed.EmbedJob;
import io.rela.embed.WavePlan;
import io.rela.prior.DeviceRequest;
import io.rela.prior.PriorFile;
import io.rela.prior.PriorModel;
import io.rela.source.ImageSource;
import io.rela.source.Missing;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * How a model runs over samples, resolved. Immutable.
 *
 * @param waves how the samples are cut
 * @param job what tasks do
 * @param probe what the model gives
 */
record EmbedPlan(WavePlan waves, EmbedJob job, EmbedJob.Probe probe) {
    static final String BATCH_SIZE = "batch-size";

    private static final int GPU_BATCH = 256;

    /**
     * What the command line says.
     *
     * @param device that should compute
     * @param batchSize null for the usual one
     * @param waveSize null for the usual one
     * @param missing what becomes of a picture that is gone
     */
    record Asked(DeviceRequest device, BatchSize batchSize, Long waveSize, Missing missing) {
        /**
         * Tries the model on an executor and settles batch and waves.
         *
         * @param samples N, at least 1
         * @param settled pictures a batch, where that was settled before
         * @param before waves that were begun, to go on with where they fit
         * @param folder in which tasks leave their files
         * @param timings takes the seconds of choosing a batch size, where one is chosen by trying
         * @throws RelaException when model, device and settings do not go together
         */
        EmbedPlan resolve(
                PriorFile file,
                PriorModel model,
                ImageSource source,
                long samples,
                Optional<Integer> settled,
                Optional<WavePlan> before,
                String folder,
                Timings timings,
                JavaSparkContext spark) {
            int cpuBatch = PriorModel.usualCpuBatch(file.preprocessing().inputSize());
            int most = (int) (Integer.MAX_VALUE / (file.preprocessing().pixelBytes() * (long) Float.BYTES));
            refuseGiant(settled.orElse(cpuBatch), most);
            EmbedJob trial = new EmbedJob(
                    source,
                    model,
                    file.preprocessing(),
                    device,
                    settled.orElse(cpuBatch),
                    missing,
                    folder,
                    new SerializableConfiguration(spark.hadoopConfiguration()));
            EmbedJob.Probe probe = trial.probe(spark);
            boolean gpu = probe.device().startsWith("gpu");
            int slots = Sessions.slots(spark);
            int batch;
            if (settled.isPresent()) {
                batch = settled.get();
            } else if (batchSize != null && batchSize.isAuto()) {
                batch = timings.timed("calibrate", () -> BatchTrials.fastest(trial, gpu, slots, most, spark));
            } else {
                batch = gpu ? GPU_BATCH : cpuBatch;
            }
            refuseGiant(batch, most);
            WavePlan waves = before.filter(old -> old.samples() == samples && old.block() == WavePlan.blockFor(batch))
                    .orElseGet(() -> waveSize == null
                            ? WavePlan.of(samples, batch, slots)
                            : WavePlan.ofWave(samples, batch, waveSize));
            return new EmbedPlan(waves, trial.withBatch(batch), probe);
        }

        private static void refuseGiant(int batch, int most) {
            if (batch > most) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        "--batch-size " + batch + ": a batch of pictures of this size takes more than 2 GiB, ask for "
                                + most + " or less.");
            }
        }
    }
}
