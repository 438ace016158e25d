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
 * @param classes that the policy looks at; null where it looks at none
 * @param seed of everything random
 * @param losses that it was chosen by; null where it was chosen by none
 * @param reference second losses that it was chosen by; null likewise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SubsetSettings(
        PolicySettings policy,
        Columns columns,
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
     * Losses under a reference model.
     *
     * @param referenceEpoch whose losses, of this home; null for a log
     * @param referenceMade start of the command that made them; null for a log
     * @param log losses from elsewhere; null for losses of this home
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ReferenceLosses(Integer referenceEpoch, String referenceMade, LossSettings.Logged log) {}
}
