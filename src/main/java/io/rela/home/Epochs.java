package io.rela.home;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.Tables;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What stage 2 has made of a home since its conversion, as the manifest tells. Immutable. */
final class Epochs {
    /** Settings that tell what a record made. */
    static final String LOSS = "loss";

    static final String LOSSES = "losses";
    static final String POLICY = "policy";
    static final String CLUSTERS_MADE = "clusters-made";

    private final ManifestRecord conversion;
    private final TreeMap<Integer, ManifestRecord> losses = new TreeMap<>();
    private final TreeMap<Integer, ManifestRecord> subsets = new TreeMap<>();
    private ManifestRecord clusters;

    /**
     * Reads the manifest.
     *
     * @throws RelaException when the home holds no finished conversion
     */
    Epochs(DatasetHome home) {
        ManifestRecord converted = null;
        for (ManifestRecord record : home.manifest()) {
            if (record.distillation() == null) {
                converted = record;
                losses.clear();
                subsets.clear();
                clusters = null;
                continue;
            }
            int epoch = record.distillation().epoch();
            if (record.settings().containsKey(LOSS) || record.settings().containsKey(LOSSES)) {
                losses.put(epoch, record);
            }
            if (record.settings().containsKey(POLICY)) {
                subsets.put(epoch, record);
            }
            if (record.settings().containsKey(CLUSTERS_MADE)) {
                clusters = record;
            }
        }
        if (converted == null) {
            throw new RelaException(
                    ExitCode.HOME,
                    "--home " + home.root()
                            + " holds no finished conversion. Run convert first, or name another home.");
        }
        conversion = converted;
        home.missing(List.of(Tables.TARGETS.name())).ifPresent(table -> {
            throw new RelaException(
                    ExitCode.HOME,
                    "--home " + home.root() + " has lost its " + table + "/. Restore it, or convert again.");
        });
    }

    /** The newest conversion. */
    ManifestRecord conversion() {
        return conversion;
    }

    /** What made the losses of an epoch. */
    Optional<ManifestRecord> losses(int epoch) {
        return Optional.ofNullable(losses.get(epoch));
    }

    /** What made the newest losses of an epoch that is not after this one. */
    Optional<ManifestRecord> lossesUpTo(int epoch) {
        return Optional.ofNullable(losses.floorEntry(epoch)).map(entry -> entry.getValue());
    }

    /** What made the subset of an epoch. */
    Optional<ManifestRecord> subset(int epoch) {
        return Optional.ofNullable(subsets.get(epoch));
    }

    /** What made the losses that are there, by epoch. */
    SortedMap<Integer, ManifestRecord> losses() {
        return Collections.unmodifiableSortedMap(losses);
    }

    /** What made the subsets that are there, by epoch. */
    SortedMap<Integer, ManifestRecord> subsets() {
        return Collections.unmodifiableSortedMap(subsets);
    }

    /**
     * Why work on an epoch that rests on what stood here is void by now, as a person reads it; empty when it is not.
     *
     * @param now what stands there now
     * @param epoch that was worked on
     * @param used what made the losses that were read
     */
    Optional<String> outdatedBy(Epochs now, int epoch, Optional<ManifestRecord> used) {
        if (!now.conversion.equals(conversion)) {
            return Optional.of("the targets are those of another conversion by now");
        }
        if (!now.losses(epoch).equals(losses(epoch))) {
            return Optional.of(Tables.epoch(Tables.LOSSES, epoch) + " was written meanwhile");
        }
        if (!now.subset(epoch).equals(subset(epoch))) {
            return Optional.of(Tables.epoch(Tables.SUBSET, epoch) + " was written meanwhile");
        }
        return used.map(record -> record.distillation().epoch())
                .filter(from -> !now.losses(from).equals(used))
                .map(from -> Tables.epoch(Tables.LOSSES, from) + ", which was read, was written anew meanwhile");
    }

    /** What made the clusters. */
    Optional<ManifestRecord> clusters() {
        return Optional.ofNullable(clusters);
    }
}
