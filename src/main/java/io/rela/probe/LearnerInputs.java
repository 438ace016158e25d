package io.rela.probe;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.embed.BatchSize;
import io.rela.embed.EmbedPlan;
import io.rela.embed.Embedding;
import io.rela.embed.ModelOutputs;
import io.rela.embed.TaskEmbedder;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ModelInfo;
import io.rela.model.AutoPrecision;
import io.rela.model.Embedder;
import io.rela.model.ModelFile;
import io.rela.run.CommandRun;
import io.rela.table.IndexRange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;

/** What a learner gives for the pictures of the homes, seen by it as {@code score} shows them. */
final class LearnerInputs implements Inputs {
    private final CommandRun run;
    private final ProbeRequest.Learner asked;
    private final ModelFile learner;
    private final Broadcast<byte[]> module;
    private final EmbedPlan plan;

    /**
     * Tries the learner.
     *
     * @param training whose prior's view a bare module is taken to want
     * @throws RelaException when learner, device and settings do not go together, or the pictures of a home are gone
     */
    LearnerInputs(CommandRun run, LabeledHome training, LabeledHome test, ProbeRequest.Learner asked) {
        // What is gone should show before any work.
        var unused = test.targets().pictures();
        this.run = run;
        this.asked = asked;
        ConversionRecord conversion = training.home().conversion();
        this.learner = ModelFile.read(
                conversion.settings().view().completing(asked.model()),
                new AutoPrecision(
                        Optional::empty, () -> TaskEmbedder.isGpu(asked.embed().device(), run.spark())),
                run.hadoop());
        this.module = run.spark().broadcast(learner.bytes());
        try {
            this.plan = run.timed("probe", () -> plan(training));
        } catch (Exception e) {
            // Some of Spark's are checked, and not declared.
            close();
            throw e;
        }
        plan.warning().ifPresent(run::warn);
    }

    private EmbedPlan plan(LabeledHome training) {
        return EmbedPlan.resolve(
                asked.embed(),
                new EmbedPlan.Subject(
                        learner,
                        learner.script(module::value),
                        training.targets().pictures(),
                        training.targets().files().end(),
                        asked.model().allowUnstable()),
                new EmbedPlan.Settled(
                        asked.embed().batchSize().flatMap(BatchSize::pictures), Optional.empty(), Optional.empty()),
                run);
    }

    @Override
    public String representation() {
        return "outputs";
    }

    @Override
    public ModelInfo model() {
        return ModelInfo.of(learner, dimension());
    }

    @Override
    public int dimension() {
        return plan.probe().outputDimension();
    }

    @Override
    public Rows of(LabeledHome home, Map<String, Integer> classes, List<IndexRange> parts) {
        ModelOutputs outputs = ModelOutputs.of(
                run,
                asked.embed(),
                plan.over(home.targets().pictures(), home.targets().files().end(), run.slots()),
                new ModelOutputs.Samples(home.targets().files(), home.labeled(), true),
                parts);
        refuseNone(home, outputs.rejectedByReason());
        LabeledRows.Labels labels =
                new LabeledRows.Labels(home.home().name(), home.targets().files(), classes, dimension(), run.hadoop());
        JavaRDD<LabeledRow> rows = outputs.rows()
                .map(output -> new LabeledRows.Indexed(output._1(), output._2()))
                .mapPartitionsWithIndex((part, values) -> labels.beside(values, parts.get(part)), true);
        return new Rows(rows, outputs.rejectedByReason());
    }

    private static void refuseNone(LabeledHome home, Map<String, Long> rejected) {
        if (rejected.values().stream().mapToLong(Long::longValue).sum() == home.labeled()) {
            throw new RelaException(
                    ExitCode.REJECTS,
                    "No sample of " + home.home().name() + " has an output: " + Embedding.reasons(rejected)
                            + ". Look at the learner.");
        }
    }

    @Override
    public void close() {
        module.destroy();
        Embedder.closeIdleModels();
    }
}
