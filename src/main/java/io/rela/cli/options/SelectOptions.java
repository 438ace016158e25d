package io.rela.cli.options;

import io.rela.Flag;
import io.rela.distill.SubsetRequest;
import io.rela.distill.SubsetRequest.Classes.Source;
import io.rela.select.Columns;
import io.rela.select.Need;
import io.rela.select.PolicyDeclaration;
import io.rela.select.RatioSchedule;
import io.rela.select.SelectionPolicies;
import io.rela.select.SelectionPolicy;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options that say how a subset is chosen. */
public final class SelectOptions {
    /** Beyond it a table is a burden to whatever lists it. */
    private static final int MOST_FILES = 10_000;

    @Option(
            names = Flag.POLICY,
            required = true,
            paramLabel = "NAME",
            completionCandidates = PolicyOptions.Names.class,
            description = "${COMPLETION-CANDIDATES}; see below")
    String policy;

    @Option(names = Flag.RATIO, paramLabel = "R", description = "of the samples that are kept, above 0, up to 1")
    Double ratio;

    @Option(
            names = Flag.RATIO_SCHEDULE,
            paramLabel = "SHAPE:A..B@E",
            description = "instead of " + Flag.RATIO
                    + ": cosine:0.2..0.8@30 goes from 0.2 at epoch 0 to 0.8 at epoch 30; or linear:")
    String ratioSchedule;

    @Option(
            names = Flag.EPOCHS,
            paramLabel = "N",
            description = "of the whole run, for policies that change towards its end")
    Integer epochs;

    @Option(
            names = Flag.LOSSES_EPOCH,
            paramLabel = "N",
            description = "whose losses are used (default the newest scored one that is not after " + Flag.EPOCH + ")")
    Integer lossesEpoch;

    @Option(names = Flag.COLUMNS, description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    Columns columns = Columns.TARGETS;

    @Option(
            names = Flag.FILES,
            paramLabel = "N",
            description =
                    "that the subset's rows are shared out to, such as one for each worker that reads them (default"
                            + " as many as their size makes)")
    Integer files;

    @Option(
            names = Flag.CLASSES,
            description = "for policies that look at classes: label, cluster (k-means of the targets), or auto: labels"
                    + " where there are some, else clusters for policies that cannot do without (default"
                    + " ${DEFAULT-VALUE})")
    Source classes = Source.AUTO;

    @Option(names = Flag.CLUSTERS, paramLabel = "K", description = "of " + Flag.CLASSES + " cluster (default 100)")
    Integer clusters;

    @Mixin
    ReferenceOptions reference = new ReferenceOptions();

    /** What the policy can be told beside. */
    final PolicyOptions parameters = new PolicyOptions();

    /** Adds the options for parameters that policies declare. */
    public void addTo(CommandSpec command) {
        parameters.addTo(command);
    }

    /** Notes what is wrong, in these options and with the epochs that they are for; null is none. */
    public void check(Problems problems, EpochRange epoch) {
        Optional<PolicyDeclaration> declared = policy == null ? Optional.empty() : SelectionPolicies.named(policy);
        problems.check(
                policy == null || declared.isPresent(),
                Flag.POLICY + " " + policy + " is none of "
                        + SelectionPolicies.all().stream()
                                .map(PolicyDeclaration::name)
                                .toList());
        checkRatio(problems, epoch);
        problems.atLeastOne(Flag.EPOCHS, epochs);
        problems.check(
                lossesEpoch == null || lossesEpoch >= 0,
                Flag.LOSSES_EPOCH + " " + lossesEpoch + ": epochs are counted from 0 on");
        problems.check(
                files == null || (files >= 1 && files <= MOST_FILES),
                Flag.FILES + " " + files + ": write a number from 1 to " + MOST_FILES);
        problems.check(
                clusters == null || clusters >= 2, Flag.CLUSTERS + " " + clusters + ": write a number of at least 2");
        problems.check(
                clusters == null || classes != Source.LABEL,
                Flag.CLUSTERS + " " + clusters + " has no meaning with " + Flag.CLASSES
                        + " label: leave one of them out");
        reference.check(problems);
        parameters.check(problems, declared);
        declared.ifPresent(known -> checkAgainst(problems, known));
    }

    /** Notes what does not go with the policy. */
    private void checkAgainst(Problems problems, PolicyDeclaration declared) {
        boolean sized = ratio != null || ratioSchedule != null;
        declared.sizedBy()
                .ifPresent(parameter -> problems.check(
                        !sized,
                        Flag.RATIO + " does not decide what " + Flag.POLICY + " " + policy + " keeps, "
                                + Flag.of(parameter.name()) + " does: leave it out"));
        problems.check(
                sized || !declared.takesRatio(),
                Flag.RATIO + " is missing: " + Flag.POLICY + " " + policy + " needs the share to keep");
        problems.check(
                declared.needs(Need.CLASSES) || (classes == Source.AUTO && clusters == null),
                Flag.POLICY + " " + policy + " does not look at classes: leave " + Flag.CLASSES + " and "
                        + Flag.CLUSTERS + " out");
        reference.checkAgainst(problems, declared);
    }

    private void checkRatio(Problems problems, EpochRange epoch) {
        problems.check(
                ratio == null || (ratio > 0 && ratio <= 1),
                Flag.RATIO + " " + ratio + ": write a number above 0, up to 1");
        problems.check(
                ratio == null || ratioSchedule == null,
                Flag.RATIO + " and " + Flag.RATIO_SCHEDULE + " both say how much is kept: leave one of them out");
        if (ratioSchedule != null) {
            try {
                RatioSchedule unused = RatioSchedule.parse(ratioSchedule);
            } catch (IllegalArgumentException e) {
                problems.add(Flag.RATIO_SCHEDULE + " " + ratioSchedule + ": " + e.getMessage());
            }
        }
        problems.check(
                epoch == null || epochs == null || epoch.last() < epochs,
                Flag.EPOCH + " " + epoch + " is not one of " + Flag.EPOCHS + " " + epochs
                        + ", which are counted from 0 on");
    }

    private PolicyDeclaration declaration() {
        return SelectionPolicies.named(policy)
                .orElseThrow(() -> new IllegalStateException(Flag.POLICY + " was not checked: " + policy));
    }

    /** The policy, with its usual parameters where none were given. */
    private SelectionPolicy policy() {
        return declaration().make(parameters.given());
    }

    /** The ratio of each epoch; 1 where the policy takes none. */
    private RatioSchedule ratios() {
        return ratioSchedule == null
                ? RatioSchedule.constant(ratio == null ? 1 : ratio)
                : RatioSchedule.parse(ratioSchedule);
    }

    private OptionalInt epochs() {
        return epochs == null ? OptionalInt.empty() : OptionalInt.of(epochs);
    }

    private int clusters() {
        return clusters == null ? SubsetRequest.Classes.USUAL_CLUSTERS : clusters;
    }

    /** What they come to. */
    public SubsetRequest request() {
        return new SubsetRequest(
                new SubsetRequest.Policy(policy(), declaration().resolved(parameters.given())),
                new SubsetRequest.Size(ratios(), Optional.ofNullable(ratioSchedule)),
                epochs(),
                Optional.ofNullable(lossesEpoch),
                new SubsetRequest.Shape(columns, Optional.ofNullable(files)),
                new SubsetRequest.Classes(classes, clusters()),
                reference.request());
    }
}
