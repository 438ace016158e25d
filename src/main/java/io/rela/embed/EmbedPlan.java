package io.rela.embed;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.image.PixelLayout;
import io.rela.model.ModelFile;
import io.rela.model.TorchScript;
import io.rela.run.CommandRun;
import io.rela.source.ImageSource;
import java.util.Optional;
import org.apache.spark.util.SerializableConfiguration;

/**
 * How a model runs over samples, resolved. Immutable.
 *
 * @param waves how the samples are cut
 * @param job what tasks do
 * @param probe what the model gives
 */
public record EmbedPlan(WavePlan waves, EmbedJob job, EmbedJob.Probe probe) {
    private static final int GPU_BATCH = 256;

    /** What a person should know of a model that was allowed to depend on more than the picture; empty when it does not. */
    public Optional<String> warning() {
        return probe.stability().isStable()
                ? Optional.empty()
                : Optional.of(job.model().uri() + probe.stability().told()
                        + " " + Flag.ALLOW_UNSTABLE_PRIOR
                        + " goes on; another run, batch size or order of pictures will give other"
                        + " results.");
    }

    /**
     * What is to be embedded.
     *
     * @param file the model
     * @param model the same, on its way to executors
     * @param source gives the pictures; empty where the samples' table carries them
     * @param samples number of samples, at least 1
     * @param allowUnstable whether the model may depend on chance, or on the other pictures of a batch
     */
    public record Subject(
            ModelFile file, TorchScript model, Optional<ImageSource> source, long samples, boolean allowUnstable) {}

    /**
     * What was settled before for the same work.
     *
     * @param batch pictures per forward pass, where that was settled
     * @param layout of the batches, where that was settled; what the model's directory says comes first
     * @param waves that were begun, to go on with where they fit
     */
    public record Settled(Optional<Integer> batch, Optional<PixelLayout> layout, Optional<WavePlan> waves) {}

    /** A job that was tried. */
    private record Tried(EmbedJob job, EmbedJob.Probe probe) {}

    /**
     * Tries the model on an executor and settles batch, layout and waves.
     *
     * @throws RelaException when model, device and settings do not go together
     */
    public static EmbedPlan resolve(EmbedRequest asked, Subject subject, Settled settled, CommandRun run) {
        ModelFile file = subject.file();
        int cpuBatch = TorchScript.usualCpuBatch(file.preprocessing().inputSize());
        int most = (int) (Integer.MAX_VALUE / (file.preprocessing().pixelBytes() * (long) Float.BYTES));
        refuseGiant(settled.batch().orElse(cpuBatch), most);
        EmbedJob usual = new EmbedJob(
                subject.source().orElse(null),
                subject.model(),
                file.preprocessing(),
                asked.device(),
                settled.batch().orElse(cpuBatch),
                asked.missing(),
                new SerializableConfiguration(run.hadoop()));
        Optional<PixelLayout> layout = file.layout().or(settled::layout);
        Tried tried = tried(usual, layout, run);
        EmbedJob trial = tried.job();
        EmbedJob.Probe probe = tried.probe();
        if (!probe.stability().isStable() && !subject.allowUnstable()) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    subject.model().uri() + probe.stability().told() + " " + Flag.ALLOW_UNSTABLE_PRIOR
                            + " goes on all the same.");
        }
        boolean gpu = probe.device().startsWith("gpu");
        int batch = settled.batch().orElseGet(() -> {
            if (asked.triesBatches()) {
                return run.timed("calibrate", () -> BatchTrials.fastest(trial, gpu, run.slots(), most, run.spark()));
            }
            return gpu ? GPU_BATCH : cpuBatch;
        });
        refuseGiant(batch, most);
        EmbedJob job = trial.withBatch(batch);
        boolean openLayout = layout.isEmpty() && asked.triesBatches() && trial.layout() == PixelLayout.INTERLEAVED;
        boolean planar =
                openLayout && run.timed("calibrate", () -> BatchTrials.isFasterPlanar(job, run.slots(), run.spark()));
        long samples = subject.samples();
        WavePlan waves = settled.waves()
                .filter(old -> old.samples() == samples && old.block() == WavePlan.blockFor(batch))
                .orElseGet(() -> asked.waveSize()
                        .map(size -> WavePlan.ofWave(samples, batch, size))
                        .orElseGet(() -> WavePlan.of(samples, batch, run.slots())));
        return new EmbedPlan(waves, planar ? job.in(PixelLayout.PLANAR) : job, probe);
    }

    /** A module that fails in the usual layout, as those do that view their tensors' memory as planar, is given planes. */
    private static Tried tried(EmbedJob usual, Optional<PixelLayout> layout, CommandRun run) {
        EmbedJob first = layout.map(usual::in).orElse(usual);
        try {
            return new Tried(first, first.probe(run.spark()));
        } catch (RelaException e) {
            if (layout.isPresent() || e.exitCode() != ExitCode.SETTINGS) {
                throw e;
            }
            EmbedJob planar = usual.in(PixelLayout.PLANAR);
            Tried tried = new Tried(planar, planar.probe(run.spark()));
            run.say(usual.model().uri() + " does not take interleaved pictures, and is given planar ones.");
            return tried;
        }
    }

    /**
     * The same model, run in the same way over other samples.
     *
     * @param source gives their pictures; empty where their table carries them
     * @param samples number of samples, at least 1
     * @param slots tasks that run at a time
     */
    public EmbedPlan over(Optional<ImageSource> source, long samples, int slots) {
        return new EmbedPlan(WavePlan.of(samples, job.batch(), slots), job.reading(source.orElse(null)), probe);
    }

    private static void refuseGiant(int batch, int most) {
        if (batch > most) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.BATCH_SIZE + " " + batch + ": a batch of pictures of this size takes more than 2 GiB, ask for "
                            + most + " or less.");
        }
    }
}
