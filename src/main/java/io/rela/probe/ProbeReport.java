package io.rela.probe;

import io.rela.embed.Embedding;
import io.rela.probe.ProbeFigures.Accuracy;
import io.rela.probe.ProbeFigures.ClassAccuracy;
import io.rela.probe.ProbeFigures.FitFigures;
import io.rela.probe.ProbeFigures.Samples;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Tells a person what a probe found. */
record ProbeReport(ProbeFigures found) {
    /** Classes that a person reads through; of more, those that went worst are shown. */
    private static final int MOST_CLASSES = 40;

    private static final int WORST_CLASSES = 20;

    void print(PrintStream out) {
        FitFigures fit = found.fit();
        out.println(line(
                "inputs    %,d %s of %s, %s",
                fit.dimension(),
                found.representation(),
                found.model().uri(),
                fit.standardized() ? "standardised" : "as they are"));
        out.println("training  " + samples(found.training()) + " in "
                + found.classes().size() + " classes");
        out.println("test      " + samples(found.test()));
        out.println(line(
                "fit       regularization %s, %,d iterations, %s",
                fit.regularization(), fit.iterations(), fit.converged() ? "converged" : "not converged"));
        Accuracy accuracy = found.accuracy();
        out.println(row("", "samples", "top-1", accuracy.top5() == null ? "" : "top-5"));
        out.println(row("training", found.training().samples(), accuracy.trainingTop1(), accuracy.trainingTop5()));
        out.println(row("test", found.test().samples(), accuracy.top1(), accuracy.top5()));
        out.println(row("mean of classes", "", percent(accuracy.meanOfClasses()), ""));
        for (ClassAccuracy each : shown(out)) {
            out.println(row("  " + each.name(), line("%,d", each.samples()), percent(each.top1()), ""));
        }
    }

    private List<ClassAccuracy> shown(PrintStream out) {
        List<ClassAccuracy> classes = found.classes();
        if (classes.size() <= MOST_CLASSES) {
            return classes;
        }
        out.println(
                line("the %d classes that went worst, of %,d; the result file has all", WORST_CLASSES, classes.size()));
        return classes.stream()
                .sorted(Comparator.comparing(ClassAccuracy::top1, Comparator.nullsLast(Comparator.naturalOrder())))
                .limit(WORST_CLASSES)
                .toList();
    }

    private static String samples(Samples of) {
        return line(
                "%,d samples%s%s",
                of.samples(),
                of.unlabeled() == 0 ? "" : line(", %,d unlabeled left out", of.unlabeled()),
                of.rejectedByReason().isEmpty() ? "" : ", rejected " + Embedding.reasons(of.rejectedByReason()));
    }

    private static String row(String name, long samples, double top1, Double top5) {
        return row(name, line("%,d", samples), percent(top1), percent(top5));
    }

    private static String row(String name, String samples, String top1, String top5) {
        return line("%-28s%12s%10s%10s", name, samples, top1, top5).stripTrailing();
    }

    private static String percent(Double share) {
        return share == null ? "" : line("%.2f%%", 100 * share);
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** The same in one sentence. */
    static String summary(ProbeFigures found) {
        Accuracy accuracy = found.accuracy();
        return line(
                "A linear classifier of the %s of %s, fitted to %,d samples in %,d classes, names %s of %,d test samples%s.",
                found.representation(),
                found.model().uri(),
                found.training().samples(),
                found.classes().size(),
                percent(accuracy.top1()),
                found.test().samples(),
                accuracy.top5() == null ? "" : line(" (%s within five)", percent(accuracy.top5())));
    }
}
