package io.rela.distill;

import io.rela.home.DatasetHome;
import io.rela.home.TableFiles;
import io.rela.home.Targets;
import io.rela.manifest.Epochs;
import io.rela.manifest.Manifest;
import io.rela.manifest.StagedTable;
import io.rela.run.CommandRun;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * What all steps of an epoch's command work with. Driver only.
 *
 * @param run the command
 * @param home the dataset home
 * @param manifest what it says
 * @param epochs what it holds of epochs
 * @param targets opened once
 * @param asked what is wanted
 * @param staging the folder in which tables are made
 */
record EpochWork(
        CommandRun run,
        DatasetHome home,
        Manifest manifest,
        Epochs epochs,
        Targets targets,
        EpochRequest asked,
        Path staging) {
    /** Number of samples whose numbers one task reads, at most. */
    private static final long SAMPLES_PER_TASK = 4_000_000;

    /** The files of a table that the home holds. */
    RangedFiles opened(String table) {
        return TableFiles.open(home, manifest, table);
    }

    /** The folder in which a scoring keeps the learner's outputs. */
    Path outputs() {
        return home.outputs(asked.epoch());
    }

    /** The folder of a table that is being made. */
    TableFolder folder(String table) {
        return home.folder(staging, table);
    }

    /** A folder of files that are not committed. */
    TableFolder scratch(String name) {
        return home.scratch(staging, name);
    }

    /** A table that was made in its folder. */
    StagedTable staged(String table) {
        return TableFiles.staged(table, folder(table));
    }

    /** Tasks for a pass over the samples' numbers. */
    List<IndexRange> ranges() {
        IndexRange all = new IndexRange(0, Math.max(1, targets.files().end()));
        long usual = Math.max(2L * run.slots(), all.size() / SAMPLES_PER_TASK);
        return all.split(asked.partitions().orElse((int) usual));
    }
}
