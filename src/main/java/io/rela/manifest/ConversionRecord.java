package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.source.Fingerprint;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A conversion: what {@code convert} made of a source. Immutable.
 *
 * @param command always {@value #COMMAND}
 * @param settings what decides the result
 * @param manner what does not decide it
 * @param prior the model
 * @param source what was listed
 * @param result what came of it
 * @param run when and with what it ran
 */
public record ConversionRecord(
        String command,
        ConversionSettings settings,
        MannerInfo manner,
        ModelInfo prior,
        Fingerprint source,
        Result result,
        RunInfo run)
        implements HomeRecord {
    /** Name of the command. */
    public static final String COMMAND = "convert";

    /**
     * What came of a conversion.
     *
     * @param counts samples by fate
     * @param projection the fitted axes, in figures
     * @param featuresMade start of the earlier conversion whose features were kept; null where none were
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(Counts counts, ProjectionInfo projection, String featuresMade) {}

    /**
     * The fitted axes, in figures.
     *
     * @param kind pca, random, none or consensus
     * @param dimensions number of values per target
     * @param explainedVariance share of the features' variance that the axes keep, in [0, 1]; of a consensus the share of the
     *     sum of all squared correlations
     * @param withoutVariance number of dimensions that are 0 in every target
     * @param consensus what the axes are shared with; null unless they are
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ProjectionInfo(
            String kind, int dimensions, double explainedVariance, int withoutVariance, ConsensusInfo consensus) {}

    /**
     * What axes are shared with.
     *
     * @param home URI of the other home, secrets redacted
     * @param prior of that home
     * @param correlations of each axis, descending
     */
    public record ConsensusInfo(String home, ModelInfo prior, List<Double> correlations) {}

    /** Refuses a record that lacks a part. */
    public ConversionRecord {
        if (Stream.of(command, settings, manner, prior, source, result, run).anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a record lacks a part");
        }
    }

    /** Samples by fate. */
    public Counts counts() {
        return result.counts();
    }

    /** The fitted axes, in figures. */
    public ProjectionInfo projection() {
        return result.projection();
    }

    /** Start of the conversion that made the features, which may be this one. */
    public String featuresMade() {
        return result.featuresMade() == null ? run.start() : result.featuresMade();
    }

    /** Whether the encoded pictures lie in the targets. */
    public boolean keepsImages() {
        return settings.keepImages();
    }
}
