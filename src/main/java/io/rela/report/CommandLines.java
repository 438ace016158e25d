package io.rela.report;

import io.rela.Flag;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.ConversionSettings.ProjectionSettings;
import io.rela.manifest.EpochRecord;
import io.rela.manifest.LossSettings;
import io.rela.manifest.LossesRecord;
import io.rela.manifest.MannerInfo;
import io.rela.manifest.ModelInfo;
import io.rela.manifest.SourceSettings;
import io.rela.manifest.SubsetSettings;
import io.rela.manifest.SubsetSettings.PolicySettings;
import io.rela.manifest.ViewSettings;
import io.rela.model.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes the command that does again what a record of the manifest tells of. */
final class CommandLines {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
    private static final String BARE = ".pt";

    private final List<String> words = new ArrayList<>();

    private CommandLines(String command) {
        words.add("rela");
        words.add(command);
    }

    /** The command that makes this conversion in a new home. */
    static String of(ConversionRecord record, String home) {
        CommandLines line = new CommandLines(record.command());
        SourceSettings source = record.settings().source();
        line.add(Flag.INPUT, source.input()).add(Flag.INPUT_FORMAT, source.inputFormat());
        line.add(Flag.IMAGE_COLUMN, source.imageColumn());
        line.add(Flag.LABEL_COLUMN, source.labelColumn()).add(Flag.ID_COLUMN, source.idColumn());
        line.model(Flag.PRIOR, record.prior(), record.settings().view());
        ProjectionSettings axes = record.settings().projection();
        if (record.projection().consensus() != null) {
            line.add(Flag.CONSENSUS, record.projection().consensus().home());
        } else {
            line.add(Flag.PROJECTION, axes.projection().label());
        }
        line.add(Flag.DIMENSIONS, axes.dimensions()).add(Flag.SCALE, axes.scale());
        line.add(Flag.SEED, axes.seed());
        if (record.keepsImages()) {
            line.words.add(Flag.KEEP_IMAGES);
        }
        line.add(Flag.BATCH_SIZE, record.settings().batchSize());
        line.precision(record.settings().precision()).manner(record.manner());
        return line.add(Flag.HOME, home).text();
    }

    /** The command that makes these losses or this subset, or both. */
    static String of(EpochRecord record, String home) {
        // What distill found there already it has not made: without a learner, select is what makes the rest.
        CommandLines line = new CommandLines(record.losses() == null ? "select" : record.command());
        line.add(Flag.HOME, home).add(Flag.EPOCH, record.epoch());
        if (record.losses() != null) {
            line.losses(record.losses());
        }
        if (record.subset() != null) {
            line.subset(record.subset().settings(), record.losses() == null);
        }
        return line.text();
    }

    private void losses(LossesRecord losses) {
        if (losses.settings() instanceof LossSettings.Logged log) {
            add(Flag.LOSSES, log.losses()).add(Flag.LOSSES_TIME, log.lossesTime());
            add(Flag.LOSSES_ONTO, log.onto() == null ? "none" : log.onto().lossesOnto());
        } else if (losses.settings() instanceof LossSettings.Scored scored) {
            model(Flag.LEARNER, losses.learner(), scored.view());
            add(Flag.LOSS, scored.loss());
            LossSettings.TransferSettings transfer = scored.transfer();
            add(Flag.TRANSFER, transfer.transfer().equals("auto") ? null : transfer.transfer());
            add(Flag.TRANSFER_SHARE, transfer.transferShare()).add(Flag.RIDGE, transfer.ridge());
            if (transfer.transferSeed() != null && transfer.transferSeed() != 0) {
                add(Flag.SEED, transfer.transferSeed());
            }
            add(Flag.BATCH_SIZE, scored.batchSize()).precision(scored.precision());
            if (losses.manner() != null) {
                manner(losses.manner());
            }
        }
    }

    private void subset(SubsetSettings subset, boolean lossesWereThere) {
        PolicySettings policy = subset.policy();
        add(Flag.POLICY, policy.policy());
        if (policy.ratioSchedule() != null) {
            add(Flag.RATIO_SCHEDULE, policy.ratioSchedule());
        } else {
            add(Flag.RATIO, policy.ratio());
        }
        add(Flag.EPOCHS, policy.epochs());
        policy.parameters().forEach((name, value) -> add(Flag.of(name), number(value)));
        add(Flag.COLUMNS, subset.columns()).add(Flag.FILES, subset.files());
        if (subset.classes() != null) {
            add(Flag.CLASSES, subset.classes().classes())
                    .add(Flag.CLUSTERS, subset.classes().clusters());
        }
        if (subset.losses() != null && lossesWereThere) {
            add(Flag.LOSSES_EPOCH, subset.losses().lossesEpoch());
        }
        if (subset.reference() != null) {
            add(Flag.REFERENCE_LOSSES_EPOCH, subset.reference().referenceLossesEpoch());
            add(Flag.REFERENCE_LOSSES, subset.reference().referenceLosses());
            add(Flag.REFERENCE_LOSSES_TIME, subset.reference().referenceLossesTime());
        }
        if (!words.contains(Flag.SEED)) {
            add(Flag.SEED, subset.seed());
        }
    }

    /** A model, which a directory describes; of a bare file it has to be said what it sees. */
    private void model(String flag, ModelInfo model, ViewSettings view) {
        add(flag, model.uri()).add(Flag.sha256Of(flag), model.sha256());
        if (model.uri().endsWith(BARE)) {
            add(Flag.INPUT_SIZE, view.inputSize()).add(Flag.RESIZE, view.resize());
            add(Flag.INTERPOLATION, view.interpolation());
            add(Flag.MEAN, joined(view.mean())).add(Flag.STD, joined(view.std()));
        }
    }

    private CommandLines precision(Precision precision) {
        return add(Flag.PRECISION, precision == Precision.FLOAT32 ? null : precision);
    }

    private void manner(MannerInfo manner) {
        add(Flag.DEVICE, manner.device());
        add(Flag.MISSING, manner.missing()).add(Flag.MAX_REJECTS, manner.maxRejects());
    }

    private static String joined(List<Float> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Whole numbers without a point: some parameters are counts. */
    private static Object number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Object) (long) value : (Object) value;
    }

    /** Adds an option, unless there is no value. */
    private CommandLines add(String flag, Object value) {
        if (value != null) {
            words.add(flag);
            words.add(value.toString());
        }
        return this;
    }

    private String text() {
        return words.stream().map(CommandLines::quoted).collect(Collectors.joining(" "));
    }

    /** A word as a shell reads it. */
    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
