package io.rela.linear;

import java.io.Serializable;
import org.apache.spark.sql.catalyst.expressions.XXH64;

/**
 * Which samples a map is fitted to and which it is tried on. A sample's part depends on seed and index alone: u(seed, index)
 * in [0, 1) by xxhash64; training below {@code share}, held out from there to below {@code share + heldOut}, unused above.
 *
 * @param share of the samples to train on, in (0, 1]
 * @param heldOut share of the samples to hold out, in [0, 1 − share]
 * @param seed any number
 */
public record Split(double share, double heldOut, long seed) implements Serializable {
    /** Spark's own seed of {@code xxhash64}. */
    private static final long HASH_SEED = 42;

    /** For sums such as 0.9 + 0.1 that rounding carries above 1. */
    private static final double ROUNDING = 1e-12;

    /** Refuses shares that are out of range or that together exceed 1. */
    public Split {
        if (!(share > 0 && share <= 1 && heldOut >= 0 && share + heldOut <= 1 + ROUNDING)) {
            throw new IllegalArgumentException("Nothing can be split into " + share + " to train on and " + heldOut
                    + " to hold out: give shares above 0 and from 0 on, together 1 at most.");
        }
    }

    /** Holds out a share in [0, 1), trains on all the rest. */
    public static Split holdingOut(double heldOut, long seed) {
        return new Split(1 - heldOut, heldOut, seed);
    }

    /** Whether the sample is one to train on. */
    public boolean isTraining(long index) {
        return uniform(index) < share;
    }

    /** Whether the sample is held out. */
    public boolean isHeldOut(long index) {
        double u = uniform(index);
        return u >= share && u < share + heldOut;
    }

    /** In [0, 1). */
    private double uniform(long index) {
        return (XXH64.hashLong(index, XXH64.hashLong(seed, HASH_SEED)) >>> 11) * 0x1.0p-53;
    }
}
