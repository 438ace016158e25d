package io.rela.manifest;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.Tables;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** What stage 2 has made of a home since its conversion, as far as it is still there. Immutable. */
public final class Epochs {
    private final ConversionRecord conversion;
    private final TreeMap<Integer, EpochRecord> losses = new TreeMap<>();
    private final TreeMap<Integer, EpochRecord> subsets = new TreeMap<>();
    private SubsetRecord.ClusterSettings clusters;

    /**
     * Reads the manifest of a home.
     *
     * @throws RelaException when the home holds no finished conversion
     */
    public Epochs(Manifest manifest, Path home) {
        ConversionRecord converted = null;
        for (HomeRecord record : manifest.records()) {
            if (record instanceof ConversionRecord conversionRecord) {
                converted = conversionRecord;
                losses.clear();
                subsets.clear();
                clusters = null;
            } else if (record instanceof EpochRecord epoch) {
                add(epoch);
            }
        }
        if (converted == null) {
            throw new RelaException(
                    ExitCode.HOME, home + " holds no finished conversion. Run convert first, or name another home.");
        }
        conversion = converted;
        losses.keySet().removeIf(epoch -> !manifest.holds(Tables.epoch(Tables.LOSSES, epoch)));
        subsets.keySet().removeIf(epoch -> !manifest.holds(Tables.epoch(Tables.SUBSET, epoch)));
        if (!manifest.holds(Tables.CLUSTERS.name())) {
            clusters = null;
        }
    }

    private void add(EpochRecord record) {
        if (record.losses() != null) {
            losses.put(record.epoch(), record);
        }
        if (record.subset() != null) {
            subsets.put(record.epoch(), record);
            clusters = record.subset().clusters() == null
                    ? clusters
                    : record.subset().clusters();
        }
    }

    /** The newest conversion. */
    public ConversionRecord conversion() {
        return conversion;
    }

    /** What made the losses of an epoch. */
    public Optional<EpochRecord> losses(int epoch) {
        return Optional.ofNullable(losses.get(epoch));
    }

    /** What made the newest losses of an epoch that is not after this one. */
    public Optional<EpochRecord> lossesUpTo(int epoch) {
        return Optional.ofNullable(losses.floorEntry(epoch)).map(entry -> entry.getValue());
    }

    /** What made the subset of an epoch. */
    public Optional<EpochRecord> subset(int epoch) {
        return Optional.ofNullable(subsets.get(epoch));
    }

    /** What made the losses that are there, by epoch. */
    public SortedMap<Integer, EpochRecord> losses() {
        return Collections.unmodifiableSortedMap(losses);
    }

    /** What made the subsets that are there, by epoch. */
    public SortedMap<Integer, EpochRecord> subsets() {
        return Collections.unmodifiableSortedMap(subsets);
    }

    /** The pseudo-classes that are there. */
    public Optional<SubsetRecord.ClusterSettings> clusters() {
        return Optional.ofNullable(clusters);
    }

    /**
     * Why what was made of this home, as it was, no longer fits it.
     *
     * @param now the home as it is
     * @param epoch that was worked on
     * @param used what had made the losses that were read, those to compare with included
     * @return empty where it still fits
     */
    public Optional<String> outdatedBy(Epochs now, int epoch, List<EpochRecord> used) {
        if (!now.conversion.equals(conversion)) {
            return Optional.of("the targets are those of another conversion by now");
        }
        if (!now.losses(epoch).equals(losses(epoch))) {
            return Optional.of(Tables.epoch(Tables.LOSSES, epoch) + " was written meanwhile");
        }
        if (!now.subset(epoch).equals(subset(epoch))) {
            return Optional.of(Tables.epoch(Tables.SUBSET, epoch) + " was written meanwhile");
        }
        return used.stream()
                .filter(read -> !now.losses(read.epoch()).equals(Optional.of(read)))
                .map(read -> Tables.epoch(Tables.LOSSES, read.epoch())
                        + ", which was read, was written anew or removed meanwhile")
                .findFirst();
    }
}
