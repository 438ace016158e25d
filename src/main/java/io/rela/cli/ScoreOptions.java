package io.rela.cli;

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
            names = "--learner",
            paramLabel = "URI",
            description = "TorchScript file, model directory, or builtin:learner-early, -middle, -late, -late-logits")
    String learner;

    @Option(
            names = "--learner-sha256",
            paramLabel = "HEX",
            description = "of the learner's .pt file: refuses any other; TorchScript is code")
    String learnerSha256;

    @Option(
            names = "--allow-unstable-prior",
            description = "goes on with a learner whose output depends on chance or on the other pictures of a batch")
    boolean allowUnstablePrior;

    @Option(
            names = "--loss",
            description = "cosine, mse; cross-entropy and el2n of a learner that gives logits (default cosine)")
    LossKind loss = LossKind.COSINE;

    @Option(
            names = "--transfer",
            paramLabel = "fit|none|URI",
            description = "linear map from the learner's output to targets: fitted here, none, or a fitted one"
                    + " (default none where the lengths are equal or the loss is of labels, else fit)")
    String transfer;

    @Option(
            names = "--transfer-share",
            paramLabel = "SHARE",
            description = "of the samples that a transfer is fitted to (default enough for its size)")
    Double transferShare;

    @Option(
            names = "--ridge",
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
                        ? "--learner is missing: name one, or --losses that a training run logged"
                        : "--learner and --losses both give losses: leave one of them out");
        Inputs.checkModel(problems, "--learner", learner);
        Checks.sha256(problems, "--learner-sha256", learnerSha256);
        problems.check(
                learnerSha256 == null || losses == null,
                "--learner-sha256 has no meaning with --losses, where no learner runs: leave it out");
        view.check(problems);
        embed.check(problems);
        problems.check(
                transferShare == null || (transferShare > 0 && transferShare <= 1),
                "--transfer-share " + transferShare + " is no share: write a number above 0, up to 1");
        problems.check(
                ridge >= 0 && Double.isFinite(ridge), "--ridge " + ridge + ": write a finite number of 0 or more");
        problems.check(
                !loss.ofLabels() || transfer == null || transfer.equals(NONE),
                "--transfer " + transfer + " has no meaning with --loss " + loss.label()
                        + ", which compares logits with labels: leave it out");
        if (isStored()) {
            Inputs.check(problems, "--transfer", transfer);
        }
    }

    private boolean isStored() {
        return transfer != null && !transfer.equals(FIT) && !transfer.equals(NONE);
    }

    LossRequest request(Integer partitions) {
        return new LossRequest.Learner(
                new ModelRequest(
                        "--learner", learner, view.overrides(), Optional.ofNullable(learnerSha256), allowUnstablePrior),
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
