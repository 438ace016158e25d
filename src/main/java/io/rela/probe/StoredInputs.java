package io.rela.probe;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.home.FinishedHome;
import io.rela.home.Representation;
import io.rela.home.TableFiles;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.Differences;
import io.rela.manifest.ModelInfo;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionTable;
import io.rela.run.CommandRun;
import io.rela.run.Failures;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import io.rela.table.TaskRows;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Features that the homes hold, or those on the axes of the training home: which are its targets, and for the test home what
 * its targets would be if it had been converted together with the other.
 */
final class StoredInputs implements Inputs {
    private final CommandRun run;
    private final Representation representation;
    private final ConversionRecord conversion;
    private final Optional<Projection> axes;

    /**
     * Looks whether the two homes' features may be compared.
     *
     * @throws RelaException when they are of different priors, or axes cannot be read
     */
    StoredInputs(CommandRun run, LabeledHome training, LabeledHome test, Representation representation) {
        this.run = run;
        this.representation = representation;
        this.conversion = training.home().conversion();
        requireSamePrior(training.home(), test.home());
        this.axes = representation == Representation.TARGETS ? Optional.of(axes(training.home())) : Optional.empty();
    }

    private static void requireSamePrior(FinishedHome training, FinishedHome test) {
        ModelInfo prior = training.conversion().prior();
        ModelInfo other = test.conversion().prior();
        List<String> views = Differences.between(
                training.conversion().settings().view(),
                test.conversion().settings().view());
        String difference = prior.sha256().equals(other.sha256())
                ? String.join("; ", views)
                : "the SHA-256 of " + prior.uri() + " begins with "
                        + prior.sha256().substring(0, 8) + ", that of " + other.uri() + " with "
                        + other.sha256().substring(0, 8);
        if (!difference.isEmpty()) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    training.name() + " and " + test.name() + " were not converted by the same prior in the same way ("
                            + difference + "): their features have nothing to do with each other. Convert one of them"
                            + " again, or name a " + Flag.LEARNER + " to look at both.");
        }
    }

    private Projection axes(FinishedHome home) {
        try {
            return ProjectionTable.read(home.home().paths(home.manifest(), Tables.PROJECTION.name())[0], run.session());
        } catch (IllegalStateException e) {
            throw new RelaException(
                    ExitCode.HOME,
                    home.name() + " is damaged: " + Failures.root(e) + " Restore it, or convert again.",
                    e);
        }
    }

    @Override
    public String representation() {
        return representation.toString();
    }

    @Override
    public ModelInfo model() {
        return conversion.prior();
    }

    @Override
    public int dimension() {
        return axes.map(Projection::outputDimension)
                .orElseGet(() -> conversion.prior().outputDimension());
    }

    @Override
    public Rows of(LabeledHome home, Map<String, Integer> classes, List<IndexRange> parts) {
        RangedFiles features = TableFiles.open(home.home().home(), home.home().manifest(), Tables.FEATURES.name());
        LabeledRows.Labels labels = new LabeledRows.Labels(
                home.home().name(),
                home.targets().files(),
                classes,
                conversion.prior().outputDimension(),
                run.hadoop());
        JavaRDD<LabeledRow> rows = run.spark()
                .parallelize(parts, parts.size())
                .flatMap(range -> labels.beside(read(features, range, labels.hadoop()), range));
        return new Rows(axes.map(onto -> projected(rows, onto)).orElse(rows), Map.of());
    }

    private static Iterator<LabeledRows.Indexed> read(
            RangedFiles features, IndexRange range, SerializableConfiguration hadoop) {
        RangedFiles.Rows rows = features.rows(Tables.FEATURES, range, hadoop.value());
        return TaskRows.of(rows, rows::close, row -> new LabeledRows.Indexed((Long) row[0], (float[]) row[1]));
    }

    private static JavaRDD<LabeledRow> projected(JavaRDD<LabeledRow> rows, Projection axes) {
        return rows.map(row -> new LabeledRow(row.label(), axes.project(row.values())));
    }

    @Override
    public void close() {}
}
