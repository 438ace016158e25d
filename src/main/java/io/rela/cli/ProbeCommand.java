package io.rela.cli;

import io.rela.Flag;
import io.rela.cli.options.Inputs;
import io.rela.cli.options.LearnerOptions;
import io.rela.cli.options.Problems;
import io.rela.home.Representation;
import io.rela.probe.ProbeRequest;
import io.rela.probe.Probing;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code probe}: how well classes can be told apart by a linear classifier; changes nothing. */
@CommandLine.Command(
        name = "probe",
        description = "Linear evaluation: fits a linear classifier to one labeled home, and tries it on another.",
        footerHeading = "%nExamples:%n",
        footer = "  rela probe --home photos-rela --test-home test-rela",
        sortOptions = false)
final class ProbeCommand extends Command {
    @Option(
            names = Flag.HOME,
            required = true,
            paramLabel = "URI",
            description = "a dataset home, to whose labeled samples the classifier is fitted")
    String home;

    @Option(
            names = Flag.TEST_HOME,
            required = true,
            paramLabel = "URI",
            description = "a home of other pictures of the same classes, which the classifier is tried on")
    String testHome;

    @Option(
            names = Flag.TABLE,
            description = "what of the homes is probed, without a learner: ${COMPLETION-CANDIDATES} (default features)")
    Representation table;

    @Option(
            names = Flag.STANDARDIZE,
            arity = "1",
            paramLabel = "true|false",
            description = "brings each input to mean 0 and variance 1 over the training samples"
                    + " (default ${DEFAULT-VALUE})")
    boolean standardize = true;

    @Option(
            names = Flag.REGULARIZATION,
            paramLabel = "X",
            description = "of the weights, 0 or more, beside the sum of the samples' losses: 1/C of scikit-learn"
                    + " (default ${DEFAULT-VALUE})")
    double regularization = 1;

    @Option(names = Flag.ITERATIONS, paramLabel = "N", description = "of the fit, at most (default ${DEFAULT-VALUE})")
    int iterations = 500;

    @Mixin
    LearnerOptions learner = new LearnerOptions();

    @Option(
            names = Flag.PARTITIONS,
            paramLabel = "N",
            description = "tasks of the learner, in each wave (default two per task slot); results do not depend on it")
    Integer partitions;

    @Override
    void check(Problems problems) {
        Inputs.check(problems, Flag.HOME, home);
        Inputs.check(problems, Flag.TEST_HOME, testHome);
        learner.check(problems);
        problems.atLeastOne(Flag.PARTITIONS, partitions);
        problems.atLeastOne(Flag.ITERATIONS, iterations);
        problems.check(
                regularization >= 0 && regularization < Double.POSITIVE_INFINITY,
                Flag.REGULARIZATION + " " + regularization + ": write a finite number of 0 or more");
        problems.check(
                table == null || !learner.isGiven(),
                Flag.TABLE + " has no meaning with " + Flag.LEARNER
                        + ", whose outputs are probed: leave one of them out");
        problems.check(
                learner.isGiven() || !learner.isPinned(),
                Flag.LEARNER_SHA256 + " has no meaning without " + Flag.LEARNER + ": name the learner");
    }

    @Override
    String home() {
        return home;
    }

    @Override
    CommandResult run(CommandRun run) {
        return Probing.run(
                new ProbeRequest(
                        home, testHome, subject(), new ProbeRequest.Fit(standardize, regularization, iterations)),
                run);
    }

    private ProbeRequest.Subject subject() {
        return learner.isGiven()
                ? new ProbeRequest.Learner(learner.model(), learner.embed(partitions))
                : new ProbeRequest.Stored(table == null ? Representation.FEATURES : table);
    }
}
