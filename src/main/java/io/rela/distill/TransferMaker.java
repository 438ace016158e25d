package io.rela.distill;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.distill.LossRequest.Transfer;
import io.rela.distill.LossRequest.Transfer.Kind;
import io.rela.linear.FittedMap;
import io.rela.linear.LinearMap;
import io.rela.linear.LinearMapStep;
import io.rela.linear.LinearMapTable;
import io.rela.linear.Split;
import io.rela.loss.Outputs;
import io.rela.manifest.LossSettings.TransferSettings;
import io.rela.manifest.LossesRecord.TransferInfo;
import io.rela.manifest.StagedTable;
import io.rela.run.Redaction;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.util.Optional;

/** The linear map between a learner's outputs and the targets: none, one that was fitted before, or one that is fitted here. */
final class TransferMaker {
    /** Samples that a map is fitted to: some for each input, and never few. */
    private static final long SAMPLES_PER_DIMENSION = 32;

    private static final long FEWEST_SAMPLES = 16_384;

    private final EpochWork work;
    private final LossRequest.Learner asked;
    /** The map that was asked for by its URI. */
    private final Optional<FittedMap> stored;

    TransferMaker(EpochWork work, LossRequest.Learner asked) {
        this.work = work;
        this.asked = asked;
        this.stored = asked.transfer()
                .uri()
                .map(uri -> LinearMapTable.read(uri, work.run().session()));
    }

    /** A map that was fitted here, with its table. */
    record Fitted(FittedMap map, StagedTable table) {}

    /** The map that was asked for by its URI. */
    Optional<FittedMap> stored() {
        return stored;
    }

    /** What decides the map. */
    TransferSettings settings() {
        Transfer transfer = asked.transfer();
        boolean mayFit = kind() == Kind.AUTO || kind() == Kind.FIT;
        return new TransferSettings(
                transfer.uri().orElse(kind().name().toLowerCase(java.util.Locale.ROOT)),
                stored.map(map -> map.map().sha256()).orElse(null),
                mayFit ? (Double) transfer.ridge() : null,
                mayFit ? (Long) work.asked().seed() : null,
                mayFit ? transfer.share().orElse(null) : null);
    }

    /** Losses of labels want none. */
    private Kind kind() {
        return asked.transfer().kind() == Kind.AUTO && asked.loss().ofLabels()
                ? Kind.NONE
                : asked.transfer().kind();
    }

    /**
     * Whether a map is to be fitted.
     *
     * @param given number of values that the learner gives
     * @throws RelaException when what was asked for does not fit the learner and the targets
     */
    boolean isToBeFitted(int given) {
        stored.ifPresent(map -> refuseOther(map.map(), given));
        int wanted = work.targets().dimension();
        if (asked.loss().ofLabels() || stored.isPresent()) {
            return false;
        }
        if (kind() == Kind.NONE && given != wanted) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.TRANSFER + " none: the learner gives " + given + " values, targets have " + wanted + ". Use "
                            + Flag.TRANSFER + " fit, or a learner with its linear layer.");
        }
        return kind() == Kind.FIT || given != wanted;
    }

    private void refuseOther(LinearMap map, int given) {
        int wanted = work.targets().dimension();
        if (map.inputDimension() != given || map.outputDimension() != wanted) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.TRANSFER + " " + asked.transfer().uri().orElseThrow() + " maps " + map.inputDimension()
                            + " values to " + map.outputDimension() + ", the learner gives " + given
                            + " and targets have " + wanted + ". Use " + Flag.TRANSFER
                            + " fit, or the map of this learner.");
        }
    }

    /** Fits a map of these outputs, and writes its table into the staging folder. */
    Fitted fit(RangedFiles outputs, int given, int block) {
        FittedMap map;
        try {
            map = LinearMapStep.fit(
                    Outputs.pairs(work.run().spark(), outputs, work.targets().files()),
                    block,
                    split(outputs.rows(), given),
                    asked.transfer().ridge());
        } catch (IllegalArgumentException e) {
            throw new RelaException(
                    ExitCode.INPUT,
                    Flag.TRANSFER + " fit: " + outputs.rows()
                            + " samples have an output, and no map can be fitted to the share"
                            + " of them that is meant for it: " + e.getMessage()
                            + " Raise " + Flag.TRANSFER_SHARE + ", or use " + Flag.TRANSFER + " none or a fitted map.",
                    e);
        }
        LinearMapTable.write(
                map, work.folder(table()).removed().place(), work.run().session());
        return new Fitted(map, work.staged(table()));
    }

    private String table() {
        return Tables.epoch(Tables.TRANSFERS, work.asked().epoch());
    }

    /** As many samples as the map needs, and a quarter of that, from the others, to try it on. */
    private Split split(long samples, int dimension) {
        double share = asked.transfer()
                .share()
                .orElse(Math.min(
                        0.8, (double) Math.max(FEWEST_SAMPLES, SAMPLES_PER_DIMENSION * (dimension + 1)) / samples));
        return new Split(share, Math.min(1 - share, share / 4), work.asked().seed());
    }

    /** The map in figures: the fitted one, else the stored one. */
    Optional<TransferInfo> info(Optional<FittedMap> fitted) {
        return fitted.map(map -> info(map, work.home().table(table()).toString()))
                .or(() -> stored.map(
                        map -> info(map, Redaction.of(asked.transfer().uri().orElseThrow()))));
    }

    private static TransferInfo info(FittedMap map, String uri) {
        return new TransferInfo(
                uri,
                map.trainingSamples(),
                map.heldOutSamples(),
                map.agreement().r2(),
                map.agreement().meanCosine());
    }
}
