package io.rela.app;

import io.rela.loss.LossKind;
import io.rela.prior.DeviceRequest;
import io.rela.settings.Problems;
import io.rela.source.Missing;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say how losses are computed. */
final class ScoreOptions {
    static final String FIT = "fit";
    static final String NONE = "none";

    @Option(
            names = "--learner",
            paramLabel = "URI",
            description = "TorchScript file, model directory, or builtin:learner-early, -middle, -late, -late-logits")
    String learner;

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
    double ridge = 1e-3;

    @Option(
            names = "--max-rejects",
            paramLabel = "SHARE",
            description = "of samples that may come to no loss, 0 to 1 (default ${DEFAULT-VALUE})")
    double maxRejects = 0.01;

    @Option(
            names = "--missing",
            description = "${COMPLETION-CANDIDATES}: what becomes of a picture that is gone since it was converted"
                    + " (default ${DEFAULT-VALUE})")
    Missing missing = Missing.FAIL;

    @Mixin
    ViewOptions view = new ViewOptions();

    @Option(names = "--device", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    DeviceRequest device = DeviceRequest.AUTO;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            converter = BatchSize.Converter.class,
            description = "pictures a forward pass, or auto: what is fastest here"
                    + " (default 4 on a CPU, or 32 of up to 64 pixels; 256 on a GPU)")
    BatchSize batchSize;

    void check(Problems problems, String losses) {
        problems.check(
                (learner == null) != (losses == null),
                learner == null
                        ? "--learner is missing: name one, or --losses that a training run logged"
                        : "--learner and --losses both give losses: leave one of them out");
        Inputs.checkModel(problems, "--learner", learner);
        view.check(problems);
        Checks.batchSize(problems, batchSize);
        Checks.share(problems, "--max-rejects", maxRejects);
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

    /** Whether the transfer is one that was fitted before. */
    boolean isStored() {
        return transfer != null && !transfer.equals(FIT) && !transfer.equals(NONE);
    }
}
