package io.rela.manifest;

import java.util.List;
import java.util.Optional;

/**
 * What a command does to a home, all of it or nothing. Immutable.
 *
 * @param made tables that stand in the staging folder; each replaces the one of its name
 * @param removed names of tables, or of their folders, that no longer hold; they go, where they are
 * @param record describes the command
 * @param classNames of a conversion; else empty
 */
public record Change(
        List<StagedTable> made, List<String> removed, HomeRecord record, Optional<List<String>> classNames) {
    /** A change that leaves the names of the classes as they are. */
    public Change(List<StagedTable> made, List<String> removed, HomeRecord record) {
        this(made, removed, record, Optional.empty());
    }
}
