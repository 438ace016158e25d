package io.rela.embed;

import io.rela.table.RangedFiles;
import java.util.List;

/**
 * A listing of a source in files. Immutable.
 *
 * @param files with rows of {@link io.rela.table.Tables#SAMPLES}, sorted by index
 * @param bytes sum of the pictures' lengths
 * @param classNames names by label; empty where the source names no classes
 */
public record Listed(RangedFiles files, long bytes, List<String> classNames) {}
