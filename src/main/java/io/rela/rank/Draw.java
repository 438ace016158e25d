package io.rela.rank;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.unsafe.Platform;

/**
 * One uniform number for each index, made of (seed, name, number, index) alone: what Spark SQL's {@code xxhash64(seed, name,
 * number, index)} gives for bigint, string, bigint and bigint. Immutable, safe for threads.
 */
public final class Draw implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final long SPARK_SEED = 42L;

    private final long prefix;

    /**
     * @param seed of the run
     * @param name of what is drawn, such as a policy's
     * @param number of the draw, such as the epoch
     */
    public Draw(long seed, String name, long number) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        long hash = XXH64.hashLong(seed, SPARK_SEED);
        hash = XXH64.hashUnsafeBytes(text, Platform.BYTE_ARRAY_OFFSET, text.length, hash);
        prefix = XXH64.hashLong(number, hash);
    }

    /** 64 uniform bits. */
    public long bits(long index) {
        return XXH64.hashLong(index, prefix);
    }

    /** A uniform number in [0, 1): the upper 53 bits. */
    public double unit(long index) {
        return (bits(index) >>> 11) * 0x1p-53;
    }

    /** A uniform number in (0, 1), of the same bits: for logarithms. */
    public double open(long index) {
        return ((bits(index) >>> 11) + 0.5) * 0x1p-53;
    }
}
