package io.rela.manifest;

import java.util.List;

/**
 * A table that was made and waits to become visible. Immutable.
 *
 * @param name in the home, such as {@code targets} or {@code losses/epoch=7}
 * @param files as the manifest will list them
 */
public record StagedTable(String name, List<TableFile> files) {
    /** Number of rows in all files. */
    public long rows() {
        return files.stream().mapToLong(TableFile::rows).sum();
    }

    /**
     * Makes sure that the footers say what tasks have said: whatever went wrong on the way, such as a file of an attempt that does
     * not count, does not become visible.
     *
     * @throws IllegalStateException when they say something else; another try may do
     */
    public StagedTable requireRows(long wanted) {
        if (rows() != wanted) {
            throw new IllegalStateException(name + " has " + rows() + " rows instead of " + wanted);
        }
        return this;
    }
}
