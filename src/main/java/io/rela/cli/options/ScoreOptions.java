package io.rela.cli.options;

import io.rela.Flag;
import io.rela.distill.LossRequest;
import io.rela.distill.LossRequest.Transfer;
import io.rela.loss.LossKind;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say how losses are computed. */
public final class ScoreOptions {
    private static final String FIT = "fit";
    private static final String NONE = "none";

    @Mixin
    LearnerOptions learner = new LearnerOptions();

    @Option(
            names = Flag.LOSS,
            description = "cosine, mse; cross-entropy and el2n of a learner that gives logits (default cosine)")
    LossKind loss = LossKind.COSINE;

    @Option(
            names = Flag.TRANSFER,
            paramLabel = "fit|none|URI",
            description = "linear map from the learner's output to targets: fitted here, none, or a fitted one"
                    + " (default none where the lengths are equal or the loss is of labels, else fit)")
    String transfer;

    @Option(
            names = Flag.TRANSFER_SHARE,
            paramLabel = "SHARE",
            description = "of the samples that a transfer is fitted to (default enough for its size)")
    Double transferShare;

    @Option(
            names = Flag.RIDGE,
            paramLabel = "X",
            description = "of the fit, in mean variances of the learner's outputs (default ${DEFAULT-VALUE})")
    double ridge = Transfer.USUAL_RIDGE;

    /**
     * Notes what is wrong with them.
     *
     * @param logged whether losses were named that a training run logged
     */
    public void check(Problems problems, boolean logged) {
        problems.check(
                learner.isGiven() != logged,
                !learner.isGiven()
                        ? Flag.LEARNER + " is missing: name one, or " + Flag.LOSSES + " that a training run logged"
                        : Flag.LEARNER + " and " + Flag.LOSSES + " both give losses: leave one of them out");
        learner.check(problems);
        problems.check(
                !learner.isPinned() || !logged,
                Flag.LEARNER_SHA256 + " has no meaning with " + Flag.LOSSES + ", where no learner runs: leave it out");
        problems.check(
                transferShare == null || (transferShare > 0 && transferShare <= 1),
                Flag.TRANSFER_SHARE + " " + transferShare + " is no share: write a number above 0, up to 1");
        problems.check(
                ridge >= 0 && Double.isFinite(ridge),
                Flag.RIDGE + " " + ridge + ": write a finite number of 0 or more");
        problems.check(
                !loss.ofLabels() || transfer == null || transfer.equals(NONE),
                Flag.TRANSFER + " " + transfer + " has no meaning with " + Flag.LOSS + " " + loss.label()
                        + ", which compares logits with labels: leave it out");
        if (isStored()) {
            Inputs.check(problems, Flag.TRANSFER, transfer);
        }
    }

    private boolean isStored() {
        return transfer != null && !transfer.equals(FIT) && !transfer.equals(NONE);
    }

    /**
     * What they come to.
     *
     * @param partitions number of tasks; null for the usual one
     */
    public LossRequest request(Integer partitions) {
        return new LossRequest.Learner(
                learner.model(),
                loss,
                new Transfer(
                        kind(),
                        isStored() ? Optional.of(transfer) : Optional.empty(),
                        Optional.ofNullable(transferShare),
                        ridge),
                learner.embed(partitions));
    }

    private Transfer.Kind kind() {
        if (transfer == null) {
            return Transfer.Kind.AUTO;
        }
        return switch (transfer) {
            case FIT -> Transfer.Kind.FIT;
            case NONE -> Transfer.Kind.NONE;
            default -> Transfer.Kind.STORED;
        };
    }
}
