package io.rela.cli;

import io.rela.distill.LossRequest;
import io.rela.distill.SubsetRequest;
import io.rela.select.Need;
import io.rela.select.PolicyDeclaration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the losses that a policy compares others with. */
final class ReferenceOptions {
    @Option(
            names = "--reference-losses-epoch",
            paramLabel = "N",
            description = "for policies that look at reference losses: those of this epoch of the home, whichever"
                    + " learner they were scored with")
    Integer epoch;

    @Option(
            names = "--reference-losses",
            paramLabel = "URI",
            description = "instead: losses that were logged, as for --losses")
    String losses;

    @Option(
            names = "--reference-losses-time",
            paramLabel = "NAME",
            description = "their column that tells newer from older, as for --losses-time")
    String time;

    void check(Problems problems) {
        problems.check(
                epoch == null || epoch >= 0, "--reference-losses-epoch " + epoch + ": epochs are counted from 0 on");
        Inputs.check(problems, "--reference-losses", losses);
        problems.check(
                epoch == null || losses == null,
                "--reference-losses-epoch and --reference-losses both give reference losses: leave one of them out");
        problems.check(
                time == null || losses != null,
                "--reference-losses-time " + time + " has no meaning without --reference-losses: add it");
    }

    /** Notes what does not go with the policy. */
    void checkAgainst(Problems problems, PolicyDeclaration policy) {
        boolean given = epoch != null || losses != null;
        boolean needed = policy.needs(Need.REFERENCE_LOSSES);
        problems.check(
                needed || !given,
                "--policy " + policy.name() + " does not look at reference losses: leave --reference-losses-epoch and"
                        + " --reference-losses out");
        problems.check(
                given || !needed,
                "--reference-losses-epoch is missing: --policy " + policy.name() + " compares losses with those of a"
                        + " reference; name an epoch that was scored with it, or losses with --reference-losses");
    }

    Optional<SubsetRequest.Reference> request() {
        if (epoch != null) {
            return Optional.of(new SubsetRequest.Reference.OfEpoch("--reference-losses-epoch", epoch));
        }
        return Optional.ofNullable(losses)
                .map(uri -> new SubsetRequest.Reference.OfLog(
                        new LossRequest.Log("--reference-losses", uri, Optional.ofNullable(time))));
    }
}
