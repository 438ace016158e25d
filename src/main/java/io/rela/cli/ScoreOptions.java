package io.rela.cli;

import io.rela.Flag;
import io.rela.distill.LossRequest;
import io.rela.distill.LossRequest.Transfer;
import io.rela.loss.LossKind;
import io.rela.model.ModelRequest;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say how losses are computed. */
final class ScoreOptions {
    private static final String FIT = "fit";
    private static final String NONE = "none";

    @Option(
            names = Flag.LEARNER,
            paramLabel = "URI",
            description = "TorchScript file, model directory, or builtin:learner-early, -middle, -late, -late-logits")
    String learner;

    @Option(
            names = Flag.LEARNER_SHA256,
            paramLabel = "HEX",
            description = "of the learner's .pt file: refuses any other; TorchScript is code")
    String learnerSha256;

    @Option(
            names = Flag.ALLOW_UNSTABLE_PRIOR,
            description = "goes on with a learner whose output depends on chance or on the other pictures of a batch")
    boolean allowUnstablePrior;

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

    @Mixin
    ViewOptions view = new ViewOptions();

    @Mixin
    EmbedOptions embed = new EmbedOptions();

    void check(Problems problems, String losses) {
        problems.check(
                (learner == null) != (losses == null),
                learner == null
                        ? Flag.LEARNER + " is missing: name one, or " + Flag.LOSSES + " that a training run logged"
                        : Flag.LEARNER + " and " + Flag.LOSSES + " both give losses: leave one of them out");
        Inputs.checkModel(problems, Flag.LEARNER, learner);
        Checks.sha256(problems, Flag.LEARNER_SHA256, learnerSha256);
        problems.check(
                learnerSha256 == null || losses == null,
                Flag.LEARNER_SHA256 + " has no meaning with " + Flag.LOSSES + ", where no learner runs: leave it out");
        view.check(problems);
        embed.check(problems);
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

    LossRequest request(Integer partitions) {
        return new LossRequest.Learner(
                new ModelRequest(
                        Flag.LEARNER,
                        learner,
                        view.overrides(),
                        Optional.ofNullable(learnerSha256),
                        allowUnstablePrior),
                loss,
                new Transfer(
                        kind(),
                        isStored() ? Optional.of(transfer) : Optional.empty(),
                        Optional.ofNullable(transferShare),
                        ridge),
                embed.request(null, partitions));
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
