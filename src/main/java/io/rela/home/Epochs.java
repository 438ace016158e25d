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
public final class Epochs {
    /** Settings that tell what a record made. */
    public static final String LOSS = "loss";

    public static final String LOSSES = "losses";
    public static final String POLICY = "policy";
    public static final String CLUSTERS_MADE = "clusters-made";

    private final ManifestRecord conversion;
    private final TreeMap<Integer, ManifestRecord> losses = new TreeMap<>();
    private final TreeMap<Integer, ManifestRecord> subsets = new TreeMap<>();
    private ManifestRecord clusters;

    /**
     * Reads the manifest.
     *
     * @throws RelaException when the home holds no finished conversion
     */
    public Epochs(DatasetHome home) {
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
    public ManifestRecord conversion() {
        return conversion;
    }

    /** What made the losses of an epoch. */
    public Optional<ManifestRecord> losses(int epoch) {
        return Optional.ofNullable(losses.get(epoch));
    }

    /** What made the newest losses of an epoch that is not after this one. */
    public Optional<ManifestRecord> lossesUpTo(int epoch) {
        return Optional.ofNullable(losses.floorEntry(epoch)).map(entry -> entry.getValue());
    }

    /** What made the subset of an epoch. */
    public Optional<ManifestRecord> subset(int epoch) {
        return Optional.ofNullable(subsets.get(epoch));
    }

    /** What made the losses that are there, by epoch. */
    public SortedMap<Integer, ManifestRecord> losses() {
        return Collections.unmodifiableSortedMap(losses);
    }

    /** What made the subsets that are there, by epoch. */
    public SortedMap<Integer, ManifestRecord> subsets() {
        return Collections.unmodifiableSortedMap(subsets);
    }

    /** What made the clusters. */
    public Optional<ManifestRecord> clusters() {
        return Optional.ofNullable(clusters);
    }
}
