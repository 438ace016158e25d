package io.rela.prune;

import io.rela.home.DatasetHome;
import io.rela.manifest.Change;
import io.rela.manifest.Manifest;
import io.rela.manifest.PruneRecord;
import io.rela.manifest.RunInfo;
import io.rela.manifest.TableFile;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.Figures;
import io.rela.run.Outcome;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Removes the losses, subsets and transfers of old epochs. Driver only, used once. */
public final class Pruning {
    private static final List<String> PRUNED =
            List.of(Tables.LOSSES.name(), Tables.SUBSET.name(), Tables.TRANSFERS.name());

    private final PruneRequest asked;
    private final CommandRun run;
    private final DatasetHome home;

    private Pruning(PruneRequest asked, CommandRun run) {
        this.asked = asked;
        this.run = run;
        this.home = DatasetHome.at(asked.home().uri(), run.hadoop());
    }

    /**
     * What goes.
     *
     * @param tables names of the tables with their bytes, such as {@code losses/epoch=3}
     * @param bytes of all of them
     */
    public record Found(Map<String, Long> tables, long bytes) implements Figures {}

    /** Lists what goes, and removes it unless it is only asked for. */
    public static CommandResult run(PruneRequest asked, CommandRun run) {
        return new Pruning(asked, run).run();
    }

    private CommandResult run() {
        if (asked.dryRun()) {
            Found found = found(home.manifest());
            print(found);
            return CommandResult.done(home.root() + ": " + summary(found, "would go"), found)
                    .about(home.root());
        }
        home.prepare(PruneRecord.COMMAND, asked.home().lockWait(run::say));
        try {
            Found found = found(home.manifest());
            print(found);
            if (found.tables().isEmpty()) {
                return CommandResult.done(home.root() + ": there is no older epoch: nothing to do.", found)
                        .about(home.root())
                        .ended(Outcome.UNCHANGED);
            }
            List<String> removed = new ArrayList<>(found.tables().keySet());
            PruneRecord record = new PruneRecord(
                    PruneRecord.COMMAND, asked.keepEpochs(), removed, RunInfo.of(run, "not used", List.of()));
            home.commit(home.staging(PruneRecord.COMMAND), new Change(List.of(), removed, record));
            int oldest = epochs(home.manifest()).values().stream()
                    .min(Comparator.naturalOrder())
                    .orElse(Integer.MAX_VALUE);
            home.removeAbandoned(epoch -> epoch < oldest);
            return CommandResult.done(home.root() + ": " + summary(found, "went"), record)
                    .about(home.root());
        } finally {
            home.leave(home.staging(PruneRecord.COMMAND));
        }
    }

    /** Tables of all epochs but the newest of those that have any. */
    private Found found(Manifest manifest) {
        Map<String, Integer> epochs = epochs(manifest);
        List<Integer> all = new ArrayList<>(new TreeSet<>(epochs.values()));
        Set<Integer> old = Set.copyOf(all.subList(0, Math.max(0, all.size() - asked.keepEpochs())));
        Map<String, Long> tables = new TreeMap<>();
        epochs.forEach((table, epoch) -> {
            if (old.contains(epoch)) {
                tables.put(
                        table,
                        manifest.tables().get(table).stream()
                                .mapToLong(TableFile::bytes)
                                .sum());
            }
        });
        return new Found(
                tables, tables.values().stream().mapToLong(Long::longValue).sum());
    }

    /** The tables that can go, with their epochs. */
    private static Map<String, Integer> epochs(Manifest manifest) {
        Map<String, Integer> epochs = new TreeMap<>();
        for (String table : manifest.tables().keySet()) {
            int at = table.indexOf(Tables.EPOCH);
            if (at > 0 && PRUNED.contains(table.substring(0, at - 1))) {
                epochs.put(table, Integer.valueOf(table.substring(at + Tables.EPOCH.length())));
            }
        }
        return epochs;
    }

    private void print(Found found) {
        found.tables().forEach((table, bytes) -> run.out()
                .println(String.format(Locale.ROOT, "%-24s %,d bytes", table, bytes)));
    }

    private static String summary(Found found, String what) {
        return String.format(
                Locale.ROOT, "%d tables of %,d bytes %s.", found.tables().size(), found.bytes(), what);
    }
}
