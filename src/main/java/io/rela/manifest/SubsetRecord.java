package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * The subset that a command made. Immutable.
 *
 * @param settings what decides it
 * @param figures of the subset
 * @param losses that it was chosen by, in figures; null where there are none
 * @param clusters that were made for it; null where none were
 * @param referenceLog what became of the rows of a log of reference losses; null without one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SubsetRecord(
        SubsetSettings settings,
        SubsetInfo figures,
        LossInfo losses,
        ClusterSettings clusters,
        LossesRecord.LogInfo referenceLog) {
    /**
     * A subset in figures.
     *
     * @param rows number of samples
     * @param files number of files that they lie in
     * @param meanLoss of its samples; null where there are no losses
     * @param weightSum of its samples
     * @param withoutLoss number of its samples that have no loss; null where there are no losses
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SubsetInfo(long rows, int files, Double meanLoss, double weightSum, Long withoutLoss) {}

    /**
     * Pseudo-classes: the same settings give the same ones.
     *
     * @param clusters number of them
     * @param seed of k-means
     */
    public record ClusterSettings(int clusters, long seed) {}
}
