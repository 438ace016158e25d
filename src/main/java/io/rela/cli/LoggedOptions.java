package io.rela.cli;

import io.rela.Flag;
import io.rela.distill.LossRequest;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for losses that a training run logged. */
final class LoggedOptions {
    @Option(
            names = Flag.LOSSES,
            paramLabel = "URI",
            description = "losses that a training run logged, Parquet or CSV: index or id, loss; instead of a learner")
    String losses;

    @Option(
            names = Flag.LOSSES_TIME,
            paramLabel = "NAME",
            description =
                    "their column that tells newer from older (default step, iteration, timestamp, time or epoch)")
    String time;

    void check(Problems problems) {
        Inputs.check(problems, Flag.LOSSES, losses);
        problems.check(
                time == null || losses != null,
                Flag.LOSSES_TIME + " " + time + " has no meaning without " + Flag.LOSSES + ": add it");
    }

    Optional<LossRequest> request() {
        return Optional.ofNullable(losses).map(uri -> new LossRequest.Log(Flag.LOSSES, uri, Optional.ofNullable(time)));
    }
}
