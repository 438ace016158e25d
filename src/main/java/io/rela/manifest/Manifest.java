package io.rela.manifest;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * {@code manifest.json}: what a dataset home holds and how it came to be. Immutable.
 *
 * @param format of this file; {@value #FORMAT} as this program writes it
 * @param classNames names by label, those of classes without pictures among them; empty where the source names no classes
 * @param tables every file of every table, by the table's name, such as {@code targets} or {@code losses/epoch=7}
 * @param records one for each command that changed the home, newest last
 */
public record Manifest(
        int format, List<String> classNames, Map<String, List<TableFile>> tables, List<HomeRecord> records) {
    /** What this program reads and writes. */
    public static final int FORMAT = 1;

    /** Of a home in which no command has finished. */
    public static final Manifest EMPTY = new Manifest(FORMAT, List.of(), Map.of(), List.of());

    /** Refuses a manifest that lacks a part. */
    public Manifest {
        if (classNames == null
                || tables == null
                || records == null
                || records.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("it lacks a part");
        }
        classNames = List.copyOf(classNames);
        tables = Map.copyOf(tables);
        records = List.copyOf(records);
    }

    /** The newest record of a kind. */
    public <R extends HomeRecord> Optional<R> newest(Class<R> kind) {
        return records.stream().filter(kind::isInstance).map(kind::cast).reduce((a, b) -> b);
    }

    /** Whether there is such a table. */
    public boolean holds(String table) {
        return tables.containsKey(table);
    }

    /** Whether there is such a table, or one below it: {@code losses/epoch=3} lies below {@code losses}. */
    public boolean holdsBelow(String table) {
        return tables.keySet().stream().anyMatch(name -> isBelow(name, table));
    }

    private static boolean isBelow(String name, String table) {
        return name.equals(table) || name.startsWith(table + "/");
    }

    /**
     * The files of a table.
     *
     * @throws RelaException when there is no such table
     */
    public List<TableFile> files(String table, Path home) {
        List<TableFile> files = tables.get(table);
        if (files == null) {
            throw new RelaException(ExitCode.HOME, home + " has no " + table + "/. Restore it, or convert again.");
        }
        return files;
    }

    /** The same home after a command. */
    public Manifest after(Change change) {
        Map<String, List<TableFile>> now = new TreeMap<>(tables);
        for (String removed : change.removed()) {
            now.keySet().removeIf(table -> isBelow(table, removed));
        }
        change.made().forEach(table -> now.put(table.name(), table.files()));
        List<HomeRecord> all = new ArrayList<>(records);
        all.add(change.record());
        return new Manifest(FORMAT, change.classNames().orElse(classNames), now, all);
    }
}
