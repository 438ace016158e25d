package io.rela.embed;

import io.rela.table.IndexRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts N samples into waves, and a wave into tasks. Every border lies on a multiple of the block, and a block is a whole
 * number of batches: so neither a batch nor a block of moments ever depends on how the work was divided. Immutable.
 *
 * @param samples N, at least 1
 * @param block samples a block, a multiple of the batch
 * @param wave samples a wave, a multiple of the block
 */
public record WavePlan(long samples, int block, long wave) {
    /** Moments are summed in blocks of at least this many samples. */
    private static final int SMALLEST_BLOCK = 256;

    /** A killed run re-does two waves at most. Half a slot's share is a file of features. */
    private static final long USUAL_WAVE = 32_768;

    private static final long WAVE_PER_SLOT = 16_384;

    public WavePlan {
        if (samples < 1 || block < 1 || wave < block || wave % block != 0) {
            throw new IllegalArgumentException(
                    "No plan: " + samples + " samples, blocks of " + block + ", waves of " + wave);
        }
    }

    /**
     * The usual plan.
     *
     * @param samples N
     * @param batch samples a batch, at least 1
     * @param slots tasks that run at a time, at least 1
     */
    public static WavePlan of(long samples, int batch, int slots) {
        return ofWave(samples, batch, Math.max(USUAL_WAVE, WAVE_PER_SLOT * slots));
    }

    /** A plan with waves of {@code wave} samples, rounded up to whole blocks. */
    public static WavePlan ofWave(long samples, int batch, long wave) {
        int block = blockFor(batch);
        return new WavePlan(samples, block, roundUp(Math.min(wave, samples), block));
    }

    /** Samples a block: the smallest multiple of the batch that is not below 256. */
    public static int blockFor(int batch) {
        return Math.toIntExact(roundUp(SMALLEST_BLOCK, batch));
    }

    /** All waves in order. */
    public List<IndexRange> waves() {
        List<IndexRange> waves = new ArrayList<>();
        for (long first = 0; first < samples; first += wave) {
            waves.add(new IndexRange(first, Math.min(first + wave, samples)));
        }
        return waves;
    }

    /**
     * Cuts a range that starts on a block's border into at most {@code parts} ranges of whole blocks. The first ones may have
     * one block more than the last: so that slots which take them in order end at like times.
     */
    public List<IndexRange> split(IndexRange range, int parts) {
        long blocks = (range.size() + block - 1) / block;
        return new IndexRange(0, blocks)
                .split(parts).stream()
                        .map(part -> new IndexRange(
                                range.first() + part.first() * block,
                                Math.min(range.first() + part.end() * block, range.end())))
                        .toList();
    }

    private static long roundUp(long value, long unit) {
        return (value + unit - 1) / unit * unit;
    }
}
