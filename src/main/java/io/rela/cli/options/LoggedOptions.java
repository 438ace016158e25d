package io.rela.cli.options;

import io.rela.Flag;
import io.rela.distill.LossRequest;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for losses that a training run logged. */
public final class LoggedOptions {
    private static final String NEWEST = "newest";
    private static final String NONE = "none";

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

    @Option(
            names = Flag.LOSSES_ONTO,
            paramLabel = "newest|N|none",
            description =
                    "which losses of the home samples keep that the log has none of: those of the last epoch before"
                            + " this one that has some, of epoch N, or none (default newest)")
    String onto;

    /** Whether a log was named. */
    public boolean isGiven() {
        return losses != null;
    }

    /** Notes what is wrong with them. */
    public void check(Problems problems) {
        Inputs.check(problems, Flag.LOSSES, losses);
        problems.check(
                time == null || losses != null,
                Flag.LOSSES_TIME + " " + time + " has no meaning without " + Flag.LOSSES + ": add it");
        problems.check(
                onto == null || losses != null,
                Flag.LOSSES_ONTO + " " + onto + " has no meaning without " + Flag.LOSSES + ": add it");
        problems.check(
                onto == null || onto.equals(NEWEST) || onto.equals(NONE) || onto.matches(EpochRange.NUMBER),
                Flag.LOSSES_ONTO + " " + onto + ": write " + NEWEST + ", the number of an epoch, or " + NONE);
    }

    /** What they come to. */
    public Optional<LossRequest> request() {
        return Optional.ofNullable(losses)
                .map(uri -> new LossRequest.Logged(
                        new LossRequest.Log(Flag.LOSSES, uri, Optional.ofNullable(time)), onto()));
    }

    private LossRequest.Onto onto() {
        if (onto == null || onto.equals(NEWEST)) {
            return new LossRequest.Onto.Newest();
        }
        return onto.equals(NONE)
                ? new LossRequest.Onto.Nothing()
                : new LossRequest.Onto.OfEpoch(Flag.LOSSES_ONTO, Integer.parseInt(onto));
    }
}
