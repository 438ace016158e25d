package io.rela.select;

import io.rela.rank.Draw;
import java.io.Serializable;

/**
 * Which output file a sample goes to: blocks of neighbouring samples are shuffled by hash, and a file takes the next blocks of
 * that order. So each file has samples from all over the source, and all files have as many blocks, but for one. One thread.
 */
final class FileOf implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Samples that stay together, at most: as many as a page of targets holds. */
    static final int BLOCK = 256;

    /** Each file has so many blocks where there are samples for them, so that files are about as long as each other. */
    private static final int BLOCKS_PER_FILE = 16;

    private static final int ROUNDS = 4;

    private final long blockSize;
    private final long blocks;
    private final int files;
    private final Draw draw;
    private final int halfBits;
    private long lastBlock = -1;
    private int lastFile;

    /**
     * @param end index after the last sample
     * @param files at least 1
     * @param draw of the epoch's order
     */
    FileOf(long end, int files, Draw draw) {
        this.blockSize = Math.max(1, Math.min(BLOCK, end / ((long) BLOCKS_PER_FILE * files)));
        this.blocks = (end + blockSize - 1) / blockSize;
        this.files = files;
        this.draw = draw;
        this.halfBits = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, blocks - 1)) + 1) / 2);
    }

    int of(long index) {
        long block = index / blockSize;
        if (block != lastBlock) {
            lastBlock = block;
            lastFile = (int) (place(block) * files / blocks);
        }
        return lastFile;
    }

    /** The block's place in the shuffled order: a Feistel network over the next power of four, walked back into the range. */
    long place(long block) {
        long mask = (1L << halfBits) - 1;
        long place = block;
        do {
            long left = place >>> halfBits;
            long right = place & mask;
            for (int round = 0; round < ROUNDS; round++) {
                long mixed = left ^ (draw.bits(right << 8 | round) & mask);
                left = right;
                right = mixed;
            }
            place = left << halfBits | right;
        } while (place >= blocks);
        return place;
    }
}
