package io.rela.app;

import io.rela.settings.IfExists;
import io.rela.settings.Problems;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code demo}: the whole way on built-in pictures and the built-in prior. */
@CommandLine.Command(
        name = "demo",
        description = "The whole way on pictures that the program draws, with the built-in prior, in about a minute.",
        sortOptions = false)
final class DemoCommand extends Command {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "a local folder for pictures and dataset home (default ${DEFAULT-VALUE})")
    Path folder = Path.of("rela-demo");

    @Option(names = "--if-exists", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    IfExists ifExists = IfExists.ERROR;

    @Override
    void check(Problems problems) {
        problems.check(
                !Files.exists(folder) || Files.isDirectory(folder), "--home " + folder + " is a file. Name a folder.");
    }

    @Override
    String home() {
        return folder.toString();
    }

    @Override
    Result run(PrintStream out) {
        Path pictures = folder.toAbsolutePath().resolve("pictures");
        out.println("1. Drawing " + DemoPictures.count() + " labeled pictures in " + pictures + ", "
                + DemoPictures.broken().size() + " of them broken on purpose");
        try {
            DemoPictures.write(pictures);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String home = folder.toAbsolutePath().resolve("home").toString();
        out.println("2. convert --input " + pictures + " --prior builtin:prior --dimensions 32 --home " + home);
        Result converted = new Conversion(conversion(pictures, home)).run();
        out.println(converted.message());
        SparkSession session = Sessions.start("demo");
        out.println("3. inspect --home " + home);
        new Inspection(session, home, null, out).run();
        out.println("4. What it is good for: of " + neighbours(session, home));
        out.println(
                "5. distill --home " + home + " --epoch 0 --learner builtin:learner-late --policy orderdp --ratio 0.5");
        out.println(new Distillation(distillation(home)).run().message());
        out.println("Look at it:  bin/rela inspect --home " + home);
        out.println("             python3 -c \"import pandas; print(pandas.read_parquet('" + home
                + "/subsets/epoch=0'))\"");
        return new Result("The demo's dataset home is " + home, home, converted.record());
    }

    private ConvertCommand conversion(Path pictures, String home) {
        ConvertCommand convert = new ConvertCommand();
        convert.input = pictures.toString();
        convert.home = home;
        convert.prior = "builtin:prior";
        convert.dimensions = 32;
        convert.ifExists = ifExists;
        convert.common = common;
        return convert;
    }

    private DistillCommand distillation(String home) {
        DistillCommand distill = new DistillCommand();
        distill.home = home;
        distill.epoch = 0;
        distill.score.learner = "builtin:learner-late";
        distill.select.policy = "orderdp";
        distill.select.ratio = 0.5;
        distill.ifExists = ifExists;
        distill.common = common;
        return distill;
    }

    /** The share of pictures whose nearest other target, by angle, belongs to a picture of the same class. */
    private static String neighbours(SparkSession session, String home) {
        List<Row> rows = session.read()
                .parquet(home + "/" + Tables.TARGETS.name())
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
