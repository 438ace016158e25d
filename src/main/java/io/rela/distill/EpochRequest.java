package io.rela.distill;

import io.rela.home.HomeRequest;
import java.util.Optional;

/**
 * What is asked for of an epoch: losses, a subset, or both. Immutable.
 *
 * @param home whose epoch
 * @param epoch of the training run, 0 or more
 * @param seed of everything random
 * @param partitions number of tasks; empty for two per task slot; no result depends on it
 * @param losses to be made; empty for none
 * @param subset to be chosen; empty for none
 * @param dryRun whether only to tell what would be done
 */
public record EpochRequest(
        HomeRequest home,
        int epoch,
        long seed,
        Optional<Integer> partitions,
        Optional<LossRequest> losses,
        Optional<SubsetRequest> subset,
        boolean dryRun) {}
