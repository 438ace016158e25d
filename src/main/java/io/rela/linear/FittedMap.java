package io.rela.linear;

import java.util.Objects;

/**
 * A linear map with how it was fitted and how well it does. Immutable.
 *
 * @param map from x to y
 * @param agreement on the held-out samples; on the training samples where none is held out
 * @param trainingSamples that the map was fitted to, 2 or more
 * @param heldOutSamples that it was not fitted to and was measured on; 0 says that the agreement is the training samples'
 * @param ridge relative, as {@link LinearMaps#fit} takes it
 * @param seed of the split
 */
public record FittedMap(
        LinearMap map, Agreement agreement, long trainingSamples, long heldOutSamples, double ridge, long seed) {

    /** Refuses counts that do not fit each other, and a ridge out of range. */
    public FittedMap {
        Objects.requireNonNull(map, "map");
        LinearMaps.requireRidge(ridge);
        long measured = heldOutSamples == 0 ? trainingSamples : heldOutSamples;
        if (trainingSamples < 2 || heldOutSamples < 0 || agreement.samples() != measured) {
            throw new IllegalArgumentException("No map is fitted to " + trainingSamples + " samples with "
                    + heldOutSamples + " held out and measured on " + agreement.samples() + ".");
        }
    }
}
