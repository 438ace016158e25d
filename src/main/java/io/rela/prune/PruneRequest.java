package io.rela.prune;

import io.rela.home.HomeRequest;

/**
 * Which epochs of a home are to stay. Immutable.
 *
 * @param home whose epochs
 * @param keepEpochs number of the newest epochs whose tables stay, 0 or more
 * @param dryRun whether to list what would go, and leave it
 */
public record PruneRequest(HomeRequest home, int keepEpochs, boolean dryRun) {}
