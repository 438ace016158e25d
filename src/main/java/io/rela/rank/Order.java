package io.rela.rank;

/** Bits of floating-point numbers that compare, as unsigned integers, as the numbers do. */
public final class Order {
    private Order() {}

    /** 32 bits, ascending with the value; both zeros are one. */
    public static long ascending(float value) {
        int bits = Float.floatToRawIntBits(value + 0f);
        return (bits ^ ((bits >> 31) | 0x80000000)) & 0xffffffffL;
    }

    /** 64 bits, ascending with the value; both zeros are one. */
    public static long ascending(double value) {
        long bits = Double.doubleToRawLongBits(value + 0d);
        return bits ^ ((bits >> 63) | 0x8000000000000000L);
    }

    /** The double that {@link #ascending(double)} made these bits of. */
    public static double valueOf(long bits) {
        return Double.longBitsToDouble(bits ^ ((~bits >> 63) | 0x8000000000000000L));
    }
}
