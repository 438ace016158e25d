package io.rela.manifest;

import java.util.List;

/**
 * What {@code prune} removed. Immutable.
 *
 * @param command always {@value #COMMAND}
 * @param keepEpochs number of the newest epochs whose tables stayed
 * @param removed names of the tables that went, such as {@code losses/epoch=3}
 * @param run when and with what it ran
 */
public record PruneRecord(String command, int keepEpochs, List<String> removed, RunInfo run) implements HomeRecord {
    /** Name of the command. */
    public static final String COMMAND = "prune";
}
