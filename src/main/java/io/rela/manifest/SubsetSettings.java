package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.run.Figures;
import io.rela.select.Columns;
import java.util.Map;

/**
 * The settings that decide a subset: two commands that agree in them make the same one. Immutable.
 *
 * @param policy what chooses
 * @param columns that the subset has
 * @param files that its rows are shared out to; null where their size decides
 * @param classes that the policy looks at; null where it looks at none
 * @param seed of everything random
 * @param losses that it was chosen by; null where it was chosen by none
 * @param reference second losses that it was chosen by; null likewise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SubsetSettings(
        PolicySettings policy,
        Columns columns,
        Integer files,
        ClassSettings classes,
        long seed,
        UsedLosses losses,
        ReferenceLosses reference)
        implements Figures {
    /**
     * A policy with everything that was asked of it.
     *
     * @param policy its name
     * @param parameters by name, those at their usual values among them
     * @param ratio of this epoch; null where the policy takes none
     * @param ratioSchedule as it was written; null where there is none
     * @param epochs of the whole training run; null where nobody said
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PolicySettings(
            String policy, Map<String, Double> parameters, Double ratio, String ratioSchedule, Integer epochs) {}

    /**
     * Where classes come from.
     *
     * @param classes label, cluster or auto
     * @param clusters number of pseudo-classes where there are any; null for labels
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ClassSettings(String classes, Integer clusters) {}

    /**
     * Losses of this home.
     *
     * @param lossesEpoch whose losses
     * @param lossesMade start of the command that made them
     */
    public record UsedLosses(int lossesEpoch, String lossesMade) {}

    /**
     * Losses under a reference model: those of an epoch of this home, or of a log. What does not belong is null.
     *
     * @param referenceLossesEpoch whose losses, of this home
     * @param referenceLossesMade start of the command that made them
     * @param referenceLosses URI of a log
     * @param referenceLossesTime its column that tells newer from older, where somebody named one
     * @param referenceLossesBytes length of its files
     * @param referenceLossesModified when the newest of them was written, in milliseconds since 1970
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ReferenceLosses(
            Integer referenceLossesEpoch,
            String referenceLossesMade,
            String referenceLosses,
            String referenceLossesTime,
            Long referenceLossesBytes,
            Long referenceLossesModified) {
        /** Those of an epoch. */
        public static ReferenceLosses ofEpoch(int epoch, String made) {
            return new ReferenceLosses(epoch, made, null, null, null, null);
        }

        /** Those of a log. */
        public static ReferenceLosses ofLog(LossSettings.Logged log) {
            return new ReferenceLosses(
                    null, null, log.losses(), log.lossesTime(), log.lossesBytes(), log.lossesModified());
        }
    }
}
