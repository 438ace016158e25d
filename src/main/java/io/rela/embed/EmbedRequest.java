package io.rela.embed;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.model.DeviceRequest;
import io.rela.source.Missing;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How somebody wants a model to be run over pictures. Immutable.
 *
 * @param device that should compute
 * @param batchSize pictures per forward pass; empty for the usual number
 * @param waveSize samples that a killed run re-does at most, about; empty for the usual number
 * @param partitions number of tasks per wave; empty for two per task slot
 * @param missing what becomes of a picture that is gone since it was listed
 * @param maxRejects share of the samples that may come to nothing, in [0, 1]
 */
public record EmbedRequest(
        DeviceRequest device,
        Optional<BatchSize> batchSize,
        Optional<Long> waveSize,
        Optional<Integer> partitions,
        Missing missing,
        double maxRejects) {
    /** The usual way. */
    public static final EmbedRequest USUAL = new EmbedRequest(
            DeviceRequest.AUTO, Optional.empty(), Optional.empty(), Optional.empty(), Missing.FAIL, 0.01);

    /** Whether what is fastest is to be found by trying. */
    boolean triesBatches() {
        return batchSize.filter(BatchSize::isAuto).isPresent();
    }

    /** As a record tells it: auto, a number, or default. */
    public String batchSizeAsked() {
        return batchSize.map(BatchSize::toString).orElse("default");
    }

    /**
     * Ends the command when more samples came to nothing than this allows.
     *
     * @param total number of samples
     * @param byReason how many came to nothing
     * @param examples gives some of them; asked only when there are too many
     */
    void refuseTooManyRejects(long total, Map<String, Long> byReason, Supplier<List<String>> examples) {
        long rejected = Embedding.sum(byReason);
        long allowed = Embedding.allowed(maxRejects, total);
        if (rejected > allowed) {
            throw new RelaException(
                    ExitCode.REJECTS,
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d pictures are rejected: %s. " + Flag.MAX_REJECTS
                                    + " %s allows %,d. Look at the input, or allow more.",
                            rejected,
                            total,
                            Embedding.told(byReason, examples.get()),
                            maxRejects,
                            allowed));
        }
    }
}
