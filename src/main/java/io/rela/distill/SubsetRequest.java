package io.rela.distill;

import io.rela.select.Columns;
import io.rela.select.RatioSchedule;
import io.rela.select.SelectionPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a subset is to be chosen. Immutable.
 *
 * @param policy what chooses
 * @param size how much of it
 * @param epochs of the whole training run; empty where nobody said
 * @param lossesEpoch whose losses are used; empty for the newest that are not after the epoch
 * @param shape of its table
 * @param classes that the policy looks at
 * @param reference losses that the policy compares others with; empty where it does not
 */
public record SubsetRequest(
        Policy policy,
        Size size,
        OptionalInt epochs,
        Optional<Integer> lossesEpoch,
        Shape shape,
        Classes classes,
        Optional<Reference> reference) {
    /**
     * A policy.
     *
     * @param made with its parameters
     * @param parameters by name, those at their usual values among them
     */
    public record Policy(SelectionPolicy made, Map<String, Double> parameters) {}

    /**
     * The share of the samples that is kept.
     *
     * @param ratios of each epoch; 1 where the policy takes none
     * @param schedule as it was written; empty for one ratio
     */
    public record Size(RatioSchedule ratios, Optional<String> schedule) {}

    /**
     * What its table is like.
     *
     * @param columns that it has
     * @param files that its rows are shared out to, at least 1; empty for as many as their size makes
     */
    public record Shape(Columns columns, Optional<Integer> files) {}

    /**
     * Classes.
     *
     * @param source where they come from
     * @param clusters number of pseudo-classes
     */
    public record Classes(Source source, int clusters) {
        /** So many pseudo-classes where nobody says. */
        public static final int USUAL_CLUSTERS = 100;

        /** Where classes come from. */
        public enum Source {
            /** Labels where there are some, else pseudo-classes for policies that cannot do without. */
            AUTO,
            /** Labels. */
            LABEL,
            /** Pseudo-classes. */
            CLUSTER;

            /** As settings and manifests spell it. */
            @Override
            public String toString() {
                return name().toLowerCase(java.util.Locale.ROOT);
            }
        }
    }

    /** Losses under a reference model. */
    public sealed interface Reference permits Reference.OfEpoch, Reference.OfLog {
        /**
         * Those of an epoch of the home.
         *
         * @param setting name of the setting that names it, for messages
         * @param epoch as which a reference was scored
         */
        record OfEpoch(String setting, int epoch) implements Reference {}

        /**
         * Those of a log.
         *
         * @param log where they are
         */
        record OfLog(LossRequest.Log log) implements Reference {}
    }
}
