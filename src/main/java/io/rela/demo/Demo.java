package io.rela.demo;

import io.rela.Flag;
import io.rela.convert.Conversion;
import io.rela.convert.ConvertRequest;
import io.rela.distill.Distillation;
import io.rela.distill.EpochRequest;
import io.rela.distill.LossRequest;
import io.rela.distill.SubsetRequest;
import io.rela.embed.EmbedRequest;
import io.rela.home.HomeRequest;
import io.rela.home.LockWait;
import io.rela.inspect.InspectRequest;
import io.rela.inspect.Inspection;
import io.rela.loss.LossKind;
import io.rela.model.ModelRequest;
import io.rela.projection.AxisScale;
import io.rela.projection.Dimensions;
import io.rela.projection.ProjectionKind;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.select.Columns;
import io.rela.select.RatioSchedule;
import io.rela.select.Uniform;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.sql.Row;

/** The whole way on built-in pictures and the built-in prior. Driver only, used once. */
public final class Demo {
    private static final int DIMENSIONS = 32;
    private static final double RATIO = 0.5;

    private final CommandRun run;
    private final PrintStream out;
    private final Path pictures;
    private final HomeRequest home;

    private Demo(DemoRequest asked, CommandRun run) {
        this.run = run;
        this.out = run.out();
        this.pictures = asked.folder().toAbsolutePath().resolve("pictures");
        this.home = new HomeRequest(
                asked.folder().toAbsolutePath().resolve("home").toString(),
                asked.ifExists(),
                Duration.ZERO,
                LockWait.Time.REAL);
    }

    /** Draws pictures, converts them, looks at the home, and distills an epoch. */
    public static CommandResult run(DemoRequest asked, CommandRun run) {
        return new Demo(asked, run).run();
    }

    private CommandResult run() {
        out.println("1. Drawing " + DemoPictures.count() + " labeled pictures in " + pictures + ", "
                + DemoPictures.broken().size() + " of them broken on purpose");
        try {
            DemoPictures.write(pictures);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println("2. convert " + Flag.INPUT + " " + pictures + " " + Flag.PRIOR + " builtin:prior " + Flag.DIMENSIONS
                + " " + DIMENSIONS + " " + Flag.HOME + " " + home.uri());
        CommandResult converted = Conversion.run(conversion(), run.as("convert"));
        out.println(converted.message());
        out.println("3. inspect " + Flag.HOME + " " + home.uri());
        Inspection.run(new InspectRequest(home.uri(), Optional.empty()), run.as("inspect"));
        out.println("4. What it is good for: of " + neighbours());
        out.println("5. distill " + Flag.HOME + " " + home.uri() + " " + Flag.EPOCH + " 0 " + Flag.LEARNER
                + " builtin:learner-late " + Flag.POLICY + " uniform " + Flag.RATIO + " " + RATIO);
        out.println(Distillation.run(distillation(), run.as("distill")).message());
        out.println("Look at it:  bin/rela inspect " + Flag.HOME + " " + home.uri());
        out.println("             python3 -c \"import pandas; print(pandas.read_parquet('" + home.uri()
                + "/subsets/epoch=0'))\"");
        return CommandResult.done(
                        "The demo's dataset home is " + home.uri(),
                        converted.record().orElseThrow())
                .about(home.uri());
    }

    private ConvertRequest conversion() {
        return new ConvertRequest(
                home,
                ConvertRequest.Pictures.of(pictures.toString()),
                ModelRequest.of(Flag.PRIOR, "builtin:prior"),
                new ConvertRequest.Axes(
                        ProjectionKind.PCA, Optional.of(new Dimensions.Count(DIMENSIONS)), AxisScale.axis(), 0),
                false,
                EmbedRequest.USUAL,
                false);
    }

    private EpochRequest distillation() {
        return new EpochRequest(
                home,
                0,
                0,
                Optional.empty(),
                Optional.of(new LossRequest.Learner(
                        ModelRequest.of(Flag.LEARNER, "builtin:learner-late"),
                        LossKind.COSINE,
                        LossRequest.Transfer.USUAL,
                        EmbedRequest.USUAL)),
                Optional.of(new SubsetRequest(
                        new SubsetRequest.Policy(new Uniform(), Map.of()),
                        new SubsetRequest.Size(RatioSchedule.constant(RATIO), Optional.empty()),
                        OptionalInt.empty(),
                        Optional.empty(),
                        new SubsetRequest.Shape(Columns.TARGETS, Optional.empty()),
                        new SubsetRequest.Classes(
                                SubsetRequest.Classes.Source.AUTO, SubsetRequest.Classes.USUAL_CLUSTERS),
                        Optional.empty())),
                false);
    }

    /** The share of pictures whose nearest other target, by angle, belongs to a picture of the same class. */
    private String neighbours() {
        List<Row> rows = run.session()
                .read()
                .parquet(home.uri() + "/" + Tables.TARGETS.name())
                .select(Tables.LABEL, Tables.TARGET)
                .collectAsList();
        int[] labels = new int[rows.size()];
        double[][] unit = new double[rows.size()][];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = rows.get(i).getInt(0);
            unit[i] = unit(rows.get(i).getList(1));
        }
        int same = 0;
        for (int i = 0; i < labels.length; i++) {
            int nearest = -1;
            double best = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < labels.length; j++) {
                double cosine = i == j ? Double.NEGATIVE_INFINITY : dot(unit[i], unit[j]);
                if (cosine > best) {
                    best = cosine;
                    nearest = j;
                }
            }
            same += labels[nearest] == labels[i] ? 1 : 0;
        }
        return String.format(
                Locale.ROOT,
                "%d targets %.0f%% have a nearest neighbour of their own class (8 classes; the prior has never seen"
                        + " these shapes, and targets know nothing of labels)",
                labels.length,
                100.0 * same / labels.length);
    }

    private static double[] unit(List<Float> values) {
        double[] unit = values.stream().mapToDouble(Float::doubleValue).toArray();
        double norm = Math.sqrt(dot(unit, unit));
        for (int i = 0; i < unit.length; i++) {
            unit[i] /= norm;
        }
        return unit;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
