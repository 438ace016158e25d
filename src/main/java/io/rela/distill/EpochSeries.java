package io.rela.distill;

import io.rela.manifest.EpochRecord;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.Figures;
import io.rela.run.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * Epochs one after the other in one session, each as a command of its own would make it: it is committed before the next one
 * begins, and may be chosen by what is there of earlier ones. Driver only.
 */
public final class EpochSeries {
    private EpochSeries() {}

    /**
     * How one epoch came out.
     *
     * @param epoch which one
     * @param outcome done, unchanged or skipped
     * @param rows number of samples in its subset; 0 where it is only told what would be done
     * @param seconds that it took
     */
    public record OneEpoch(int epoch, Outcome outcome, long rows, double seconds) {}

    /**
     * How all came out.
     *
     * @param epochs in order
     */
    public record AllEpochs(List<OneEpoch> epochs) implements Figures {}

    /**
     * Makes each epoch's subset, and prints a line about each.
     *
     * @param first epoch
     * @param last epoch, not before the first
     * @param requests what is asked for of an epoch: a subset
     * @throws io.rela.RelaException when one cannot be made; those before it are there, and the same command goes on from it
     */
    public static CommandResult run(int first, int last, IntFunction<EpochRequest> requests, CommandRun run) {
        List<OneEpoch> epochs = new ArrayList<>();
        CommandResult result = null;
        for (int epoch = first; epoch <= last; epoch++) {
            long begin = System.nanoTime();
            try {
                result = Distillation.run(requests.apply(epoch), run.as(run.command()));
                run.out().println(result.message());
                epochs.add(new OneEpoch(epoch, result.outcome(), rows(result), (System.nanoTime() - begin) / 1e9));
            } catch (Exception failure) {
                run.say("Epoch " + epoch + " of " + first + ".." + last + " was not made"
                        + (epoch == first ? "." : "; those before it are there."));
                throw failure;
            }
        }
        return told(result, epochs, requests.apply(first).dryRun());
    }

    private static long rows(CommandResult result) {
        return result.record()
                .filter(EpochRecord.class::isInstance)
                .map(record -> ((EpochRecord) record).subset().figures().rows())
                .orElse(0L);
    }

    private static CommandResult told(CommandResult newest, List<OneEpoch> epochs, boolean dryRun) {
        long made = epochs.stream().filter(one -> one.outcome() == Outcome.DONE).count();
        boolean skipped = epochs.stream().anyMatch(one -> one.outcome() == Outcome.SKIPPED);
        String message = String.format(
                Locale.ROOT,
                "%s: %sepochs %d..%d, %d %smade, %d there already, %.1f s",
                newest.home().orElseThrow(),
                dryRun ? "dry run, " : "",
                epochs.get(0).epoch(),
                epochs.get(epochs.size() - 1).epoch(),
                made,
                dryRun ? "would be " : "",
                epochs.size() - made,
                epochs.stream().mapToDouble(OneEpoch::seconds).sum());
        Outcome nothing = skipped ? Outcome.SKIPPED : Outcome.UNCHANGED;
        return CommandResult.done(message, new AllEpochs(epochs))
                .about(newest.home().orElseThrow())
                .ended(made > 0 ? Outcome.DONE : nothing);
    }
}
