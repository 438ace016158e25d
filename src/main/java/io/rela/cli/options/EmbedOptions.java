package io.rela.cli.options;

import io.rela.Flag;
import io.rela.embed.BatchSize;
import io.rela.embed.EmbedRequest;
import io.rela.model.DeviceRequest;
import io.rela.model.PrecisionRequest;
import io.rela.source.Missing;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options that say how a model is run over pictures. */
public final class EmbedOptions {
    @Option(
            names = Flag.MAX_REJECTS,
            paramLabel = "SHARE",
            description = "of samples that may come to nothing, 0 to 1 (default ${DEFAULT-VALUE})")
    double maxRejects = 0.01;

    @Option(
            names = Flag.MISSING,
            description = "${COMPLETION-CANDIDATES}: what becomes of a picture that is gone since it was listed"
                    + " (default ${DEFAULT-VALUE})")
    Missing missing = Missing.FAIL;

    @Option(names = Flag.DEVICE, description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    DeviceRequest device = DeviceRequest.AUTO;

    @Option(
            names = Flag.PRECISION,
            description =
                    "${COMPLETION-CANDIDATES}: which variant of a model directory computes; auto: on a GPU one that"
                            + " costs little, else float32 (default ${DEFAULT-VALUE})")
    PrecisionRequest precision = PrecisionRequest.FLOAT32;

    @Option(
            names = Flag.BATCH_SIZE,
            paramLabel = "N",
            converter = Sizes.class,
            description = "pictures per forward pass, or auto: what is fastest here"
                    + " (default 4 on a CPU, or 32 of up to 64 pixels; 256 on a GPU)")
    BatchSize batchSize;

    /** Notes what is wrong with them. */
    public void check(Problems problems) {
        problems.share(Flag.MAX_REJECTS, maxRejects);
        problems.check(
                batchSize == null || batchSize.pictures().orElse(1) >= 1,
                Flag.BATCH_SIZE + " " + batchSize + ": write auto or a number of at least 1");
    }

    /** Which variant of the model computes. */
    public PrecisionRequest precision() {
        return precision;
    }

    /**
     * What they come to.
     *
     * @param waveSize number of pictures of a wave; null for the usual one
     * @param partitions number of tasks; null likewise
     */
    public EmbedRequest request(Long waveSize, Integer partitions) {
        return new EmbedRequest(
                device,
                Optional.ofNullable(batchSize),
                Optional.ofNullable(waveSize),
                Optional.ofNullable(partitions),
                missing,
                maxRejects);
    }

    /** Reads the option's value. */
    static final class Sizes implements ITypeConverter<BatchSize> {
        @Override
        public BatchSize convert(String text) {
            try {
                return BatchSize.parse(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is neither auto nor a number");
            }
        }
    }
}
