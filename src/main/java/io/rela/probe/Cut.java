package io.rela.probe;

/** How many partitions samples are cut into for a fit: a matter of the data alone, so that a fit is the same on every cluster. */
final class Cut {
    /** Products of a pass that one task does, at most: a second or two. */
    private static final long PRODUCTS = 1L << 29;

    /** Values that one task holds, at most: 512 MiB of doubles. */
    private static final long VALUES = 1L << 26;

    /** Partitions whose gradients are worth adding up, each as large as the classifier. */
    private static final long MOST_FOR_SPEED = 256;

    private Cut() {}

    /**
     * Number of partitions, 1 or more.
     *
     * @param samples 0 or more
     * @param dimension values per sample
     * @param classes number of classes
     */
    static int parts(long samples, int dimension, int classes) {
        double values = (double) samples * dimension;
        double forSpeed = Math.min(MOST_FOR_SPEED, Math.ceil(values * classes / PRODUCTS));
        return (int) Math.max(1, Math.max(forSpeed, Math.ceil(values / VALUES)));
    }
}
