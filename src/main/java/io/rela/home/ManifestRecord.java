package io.rela.home;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * One record of {@code manifest.json}: what one command did to the home. Immutable; null parts are left out of the file.
 *
 * @param command its name
 * @param settings resolved, secrets redacted; keys are the options' names without dashes in front
 * @param model the prior or learner; null where losses were logged, or nothing was scored
 * @param source what was listed
 * @param counts samples by fate
 * @param projection what was fitted; of a conversion only
 * @param distillation what stage 2 made; null for a conversion
 * @param seconds by part; read, decode, infer and write are summed over the threads that worked, the others are wall time
 * @param versions of everything that can change a number
 * @param devices that computed, each once, sorted
 * @param warnings what a person should know
 * @param start ISO-8601, UTC
 * @param end ISO-8601, UTC
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ManifestRecord(
        String command,
        Map<String, String> settings,
        ModelInfo model,
        Fingerprint source,
        Counts counts,
        ProjectionInfo projection,
        Distillation distillation,
        Map<String, Double> seconds,
        Map<String, String> versions,
        List<String> devices,
        List<String> warnings,
        String start,
        String end) {

    /** Whether every part is there. */
    boolean isWhole() {
        return Stream.of(command, settings, source, counts, seconds, versions, devices, warnings, start, end)
                        .allMatch(Objects::nonNull)
                && (distillation != null || Stream.of(model, projection).allMatch(Objects::nonNull));
    }

    /**
     * A prior or learner.
     *
     * @param uri where it came from
     * @param sha256 of its file
     * @param outputDimension values a sample
     * @param inputSize width and height in pixels
     */
    public record ModelInfo(String uri, String sha256, int outputDimension, int inputSize) {}

    /**
     * Tells one source from another, whatever its order and storage.
     *
     * @param count samples
     * @param bytes sum of the encoded pictures' lengths
     * @param idsSha256 SHA-256 of the ids sorted by Unicode code point, each followed by a line feed
     */
    public record Fingerprint(long count, long bytes, String idsSha256) {}

    /**
     * Samples by fate: {@code listed = converted + rejected}.
     *
     * @param listed samples of the source; in stage 2, rows of {@code targets/}
     * @param converted rows of {@code targets/}; of a scoring, rows of {@code losses/}
     * @param rejected rows of {@code rejects/}; of a scoring, samples without a loss
     * @param rejectedByReason the same, by reason
     * @param selected rows of a subset; null where none was made
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Counts(
            long listed, long converted, long rejected, Map<String, Long> rejectedByReason, Long selected) {
        public Counts {
            long byReason = rejectedByReason.values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            if (listed != converted + rejected || rejected != byReason) {
                throw new IllegalArgumentException("listed " + listed + " is not converted " + converted
                        + " + rejected " + rejected + " (by reason " + byReason + ")");
            }
        }
    }

    /**
     * The fitted axes, in figures.
     *
     * @param kind pca, random or none
     * @param dimensions values a target
     * @param explainedVariance share of the features' variance that the axes keep, in [0, 1]
     * @param withoutVariance dimensions that are 0 in every target
     */
    public record ProjectionInfo(String kind, int dimensions, double explainedVariance, int withoutVariance) {}

    /**
     * What stage 2 made of an epoch.
     *
     * @param epoch of the training run, 0 or more
     * @param losses the scores that were made or used; null where the policy needs none
     * @param transfer the linear map between the learner's output and the loss; null where there was none
     * @param subset what was selected; null where nothing was
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Distillation(int epoch, LossInfo losses, TransferInfo transfer, SubsetInfo subset) {}

    /**
     * The losses of an epoch.
     *
     * @param epoch that they were computed for
     * @param mean over all samples that have one
     * @param smallest of them
     * @param largest of them
     * @param missing samples without one
     */
    public record LossInfo(int epoch, double mean, float smallest, float largest, long missing) {}

    /**
     * A linear map from a learner's output to targets.
     *
     * @param uri where it is kept
     * @param samples that it was fitted to
     * @param heldOut samples that the figures are of
     * @param r2 share of the targets' variance that it explains
     * @param meanCosine of its output and the target
     */
    public record TransferInfo(String uri, long samples, long heldOut, double r2, double meanCosine) {}

    /**
     * A subset.
     *
     * @param policy that chose it
     * @param rows of it
     * @param files that it lies in
     * @param meanLoss of its samples; null where there are no losses
     * @param weightSum of its samples
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SubsetInfo(String policy, long rows, int files, Double meanLoss, double weightSum) {}
}
