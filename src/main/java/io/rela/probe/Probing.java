package io.rela.probe;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.embed.Embedding;
import io.rela.probe.ClassifierStep.Fitted;
import io.rela.probe.ClassifierStep.Statistics;
import io.rela.probe.ProbeFigures.Accuracy;
import io.rela.probe.ProbeFigures.ClassAccuracy;
import io.rela.probe.ProbeFigures.FitFigures;
import io.rela.probe.ProbeFigures.Samples;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.Redaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Fits a linear classifier to one home's samples, and tries it on another's. Driver only, used once. */
public final class Probing {
    private final ProbeRequest asked;
    private final CommandRun run;

    private Probing(ProbeRequest asked, CommandRun run) {
        this.asked = asked;
        this.run = run;
    }

    /**
     * Probes; changes nothing.
     *
     * @throws RelaException when the homes do not go together, cannot be read, or the learner does not run
     */
    public static CommandResult run(ProbeRequest asked, CommandRun run) {
        return new Probing(asked, run).run();
    }

    private CommandResult run() {
        LabeledHome training = run.timed("read", () -> LabeledHome.open(run, Flag.HOME, asked.home()));
        LabeledHome test = run.timed("read", () -> LabeledHome.open(run, Flag.TEST_HOME, asked.testHome()));
        List<String> classes = training.commonClasses(test);
        if (training.home().home().root().equals(test.home().home().root())) {
            run.warn(Flag.TEST_HOME + " is " + Flag.HOME + ": the accuracies are those on training samples.");
        }
        try (Inputs inputs = inputs(training, test)) {
            ProbeFigures found = probe(inputs, training, test, classes);
            new ProbeReport(found).print(run.out());
            return CommandResult.done(ProbeReport.summary(found), found)
                    .about(training.home().home().root());
        }
    }

    private Inputs inputs(LabeledHome training, LabeledHome test) {
        return asked.subject() instanceof ProbeRequest.Learner learner
                ? new LearnerInputs(run, training, test, learner)
                : new StoredInputs(run, training, test, ((ProbeRequest.Stored) asked.subject()).representation());
    }

    private ProbeFigures probe(Inputs inputs, LabeledHome training, LabeledHome test, List<String> classes) {
        Map<String, Integer> numbers = new HashMap<>();
        classes.forEach(name -> numbers.put(name, numbers.size()));
        Inputs.Rows fitted = run.timed("embed", () -> rows(inputs, training, numbers));
        Inputs.Rows tried = run.timed("embed", () -> rows(inputs, test, numbers));
        Statistics statistics = run.timed(
                "statistics", () -> ClassifierStep.statistics(fitted.rows(), inputs.dimension(), classes.size()));
        refuseEmptyClass(statistics, classes, training, fitted.rejectedByReason());
        long samples = statistics.columns().count();
        Standardization standardization = statistics.columns().standardization();
        Fitted fit = run.timed(
                "fit",
                () -> ClassifierStep.fit(
                        run.session(),
                        fitted.rows(),
                        samples,
                        asked.fit().standardize() ? standardization : Standardization.none(inputs.dimension()),
                        asked.fit()));
        warn(fit);
        Tally right = run.timed("evaluate", () -> ClassifierStep.tally(fitted.rows(), fit.classifier()));
        Tally tally = run.timed("evaluate", () -> ClassifierStep.tally(tried.rows(), fit.classifier()));
        return new ProbeFigures(
                inputs.representation(),
                inputs.model(),
                samples(training, samples, fitted),
                samples(test, tally.samples(), tried),
                new FitFigures(
                        inputs.dimension(),
                        standardization.withoutVariance(),
                        asked.fit().standardize(),
                        asked.fit().regularization(),
                        fit.iterations(),
                        fit.converged()),
                Accuracy.of(tally, right, classes.size()),
                IntStream.range(0, classes.size())
                        .mapToObj(c -> ClassAccuracy.of(classes.get(c), tally.samples(c), tally.correct(c)))
                        .toList());
    }

    private static Inputs.Rows rows(Inputs inputs, LabeledHome home, Map<String, Integer> classes) {
        int parts = Cut.parts(home.labeled(), inputs.dimension(), classes.size());
        return inputs.of(home, classes, home.parts(parts));
    }

    private static Samples samples(LabeledHome home, long used, Inputs.Rows rows) {
        return new Samples(
                Redaction.of(home.home().home().root().toString()), used, home.unlabeled(), rows.rejectedByReason());
    }

    /** A class that was there lost its last sample to rejects. */
    private static void refuseEmptyClass(
            Statistics statistics, List<String> classes, LabeledHome training, Map<String, Long> rejected) {
        for (int c = 0; c < classes.size(); c++) {
            if (statistics.samples()[c] == 0) {
                throw new RelaException(
                        ExitCode.REJECTS,
                        "No sample of class " + classes.get(c) + " of "
                                + training.home().name() + " has an output: " + Embedding.reasons(rejected)
                                + ". Look at the learner.");
            }
        }
    }

    private void warn(Fitted fit) {
        if (!fit.converged()) {
            run.warn("The fit has not converged in " + fit.iterations() + " iterations: raise " + Flag.ITERATIONS
                    + (asked.fit().regularization() == 0
                            ? ", or give " + Flag.REGULARIZATION + " a value above 0."
                            : "."));
        }
    }
}
