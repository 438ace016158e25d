package io.rela.cli.options;

import io.rela.Flag;
import io.rela.distill.LossRequest;
import io.rela.distill.SubsetRequest;
import io.rela.select.Need;
import io.rela.select.PolicyDeclaration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the losses that a policy compares others with. */
public final class ReferenceOptions {
    @Option(
            names = Flag.REFERENCE_LOSSES_EPOCH,
            paramLabel = "N",
            description = "for policies that look at reference losses: those of this epoch of the home, whichever"
                    + " learner they were scored with")
    Integer epoch;

    @Option(
            names = Flag.REFERENCE_LOSSES,
            paramLabel = "URI",
            description = "instead: losses that were logged, as for " + Flag.LOSSES)
    String losses;

    @Option(
            names = Flag.REFERENCE_LOSSES_TIME,
            paramLabel = "NAME",
            description = "their column that tells newer from older, as for " + Flag.LOSSES_TIME)
    String time;

    /** Notes what is wrong with them. */
    public void check(Problems problems) {
        problems.check(
                epoch == null || epoch >= 0,
                Flag.REFERENCE_LOSSES_EPOCH + " " + epoch + ": epochs are counted from 0 on");
        Inputs.check(problems, Flag.REFERENCE_LOSSES, losses);
        problems.check(
                epoch == null || losses == null,
                Flag.REFERENCE_LOSSES_EPOCH + " and " + Flag.REFERENCE_LOSSES
                        + " both give reference losses: leave one of them out");
        problems.check(
                time == null || losses != null,
                Flag.REFERENCE_LOSSES_TIME + " " + time + " has no meaning without " + Flag.REFERENCE_LOSSES
                        + ": add it");
    }

    /** Notes what does not go with the policy. */
    public void checkAgainst(Problems problems, PolicyDeclaration policy) {
        boolean given = epoch != null || losses != null;
        boolean needed = policy.needs(Need.REFERENCE_LOSSES);
        problems.check(
                needed || !given,
                Flag.POLICY + " " + policy.name() + " does not look at reference losses: leave "
                        + Flag.REFERENCE_LOSSES_EPOCH + " and" + " " + Flag.REFERENCE_LOSSES + " out");
        problems.check(
                given || !needed,
                Flag.REFERENCE_LOSSES_EPOCH + " is missing: " + Flag.POLICY + " " + policy.name()
                        + " compares losses with those of a"
                        + " reference; name an epoch that was scored with it, or losses with " + Flag.REFERENCE_LOSSES);
    }

    /** What they come to. */
    public Optional<SubsetRequest.Reference> request() {
        if (epoch != null) {
            return Optional.of(new SubsetRequest.Reference.OfEpoch(Flag.REFERENCE_LOSSES_EPOCH, epoch));
        }
        return Optional.ofNullable(losses)
                .map(uri -> new SubsetRequest.Reference.OfLog(
                        new LossRequest.Log(Flag.REFERENCE_LOSSES, uri, Optional.ofNullable(time))));
    }
}
