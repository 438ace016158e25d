package io.rela.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.manifest.Counts;
import io.rela.manifest.LossInfo;
import io.rela.manifest.LossesRecord.TransferInfo;
import io.rela.manifest.ModelInfo;
import io.rela.rank.Bins;
import io.rela.run.Figures;
import java.util.List;
import java.util.Map;

/**
 * A home in figures, as a report shows them and its JSON keeps them. Immutable.
 *
 * @param home URI, secrets redacted
 * @param state what holds of it
 * @param conversion what it was made of
 * @param losses by epoch
 * @param subsets by epoch
 * @param classes of its samples; null where none has a label
 * @param records what was done to it, oldest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record HomeFigures(
        String home,
        State state,
        ConversionFigures conversion,
        LossFigures losses,
        SubsetFigures subsets,
        ClassFigures classes,
        List<RecordFigures> records)
        implements Figures {
    /**
     * What holds.
     *
     * @param broken invariants that do not hold, as {@code inspect} names them
     * @param unreadable parts of the report that are left out since a table cannot be read
     * @param unfinished whether a conversion was begun and has not ended
     */
    record State(List<String> broken, List<String> unreadable, boolean unfinished) {
        /** Whether nothing is missing of the figures, so that what is not there is none. */
        boolean complete() {
            return broken.isEmpty() && unreadable.isEmpty();
        }
    }

    /**
     * The newest conversion.
     *
     * @param counts samples by fate
     * @param prior the model
     * @param keepsImages whether the pictures lie in the home
     * @param devices that computed
     * @param scree the axes; null where they cannot be read
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ConversionFigures(Counts counts, ModelInfo prior, boolean keepsImages, List<String> devices, Scree scree) {}

    /**
     * The axes of the targets.
     *
     * @param kind pca, random, none or consensus
     * @param inputDimension number of values of a feature
     * @param withoutVariance number of values that are 0 in every target
     * @param share of the features' variance that all axes keep, in [0, 1]; null for a consensus
     * @param shares the same by axis; null likewise
     * @param correlations of both priors by axis, descending; null unless they are a consensus
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Scree(
            String kind,
            int inputDimension,
            int withoutVariance,
            Double share,
            List<Double> shares,
            List<Double> correlations) {
        /** Number of values of a target. */
        int dimensions() {
            return shares == null ? correlations.size() : shares.size();
        }
    }

    /**
     * Losses.
     *
     * @param epochs all that there are, ascending
     * @param histograms of at most a few epochs; null without losses
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record LossFigures(List<EpochLosses> epochs, Histograms histograms) {}

    /**
     * The losses of an epoch.
     *
     * @param losses in figures
     * @param learner the model; null for logged losses
     * @param transfer the linear map; null where there was none
     * @param devices that computed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EpochLosses(LossInfo losses, ModelInfo learner, TransferInfo transfer, List<String> devices) {}

    /**
     * Histograms over the same bins.
     *
     * @param bins of all of them
     * @param counts number of samples in each bin, by epoch
     */
    record Histograms(Bins bins, Map<Integer, List<Long>> counts) {}

    /**
     * Subsets.
     *
     * @param epochs all that there are, ascending
     * @param weights histograms of at most a few epochs; null where all samples weigh the same
     * @param timesSelected number of samples by how often they were selected; empty without subsets
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SubsetFigures(List<EpochSubset> epochs, Histograms weights, Map<Long, Long> timesSelected) {}

    /**
     * The subset of an epoch.
     *
     * @param epoch of the training
     * @param policy that chose it
     * @param rows number of samples
     * @param weightSum of its samples
     * @param meanLoss of its samples; null where it was chosen by no losses
     * @param lossesEpoch whose losses it was chosen by; null likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EpochSubset(int epoch, String policy, long rows, double weightSum, Double meanLoss, Integer lossesEpoch) {}

    /**
     * Classes.
     *
     * @param labeled number of samples with a label
     * @param classes number of different labels
     * @param shown of some of them: all where they are few, else those whose share in a subset differs most
     */
    record ClassFigures(long labeled, long classes, List<ClassShare> shown) {}

    /**
     * One class.
     *
     * @param label its number
     * @param name its name, or its number
     * @param samples number of samples
     * @param share of the samples with a label, in [0, 1]
     * @param subsetShares the same of the subset of an epoch, likewise of its samples with a label, of at most a few epochs
     */
    record ClassShare(int label, String name, long samples, double share, Map<Integer, Double> subsetShares) {}

    /**
     * What one command did.
     *
     * @param command its name
     * @param stands whether something that it made is still there
     * @param epoch that it worked on; null for none
     * @param start ISO 8601 in UTC
     * @param seconds by part; read, decode, infer and write are summed over threads
     * @param devices that computed
     * @param warnings what a person was told
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RecordFigures(
            String command,
            boolean stands,
            Integer epoch,
            String start,
            Map<String, Double> seconds,
            List<String> devices,
            List<String> warnings) {}
}
