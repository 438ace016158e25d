package io.rela.cli;

import io.rela.distill.LossRequest;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for losses that a training run logged. */
final class LoggedOptions {
    @Option(
            names = "--losses",
            paramLabel = "URI",
            description = "losses that a training run logged, Parquet or CSV: index or id, loss; instead of a learner")
    String losses;

    @Option(
            names = "--losses-time",
            paramLabel = "NAME",
            description =
                    "their column that tells newer from older (default step, iteration, timestamp, time or epoch)")
    String time;

    void check(Problems problems) {
        Inputs.check(problems, "--losses", losses);
        problems.check(
                time == null || losses != null, "--losses-time " + time + " has no meaning without --losses: add it");
    }

    Optional<LossRequest> request() {
        return Optional.ofNullable(losses).map(uri -> new LossRequest.Log("--losses", uri, Optional.ofNullable(time)));
    }
}
