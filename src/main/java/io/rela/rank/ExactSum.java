package io.rela.rank;

import java.io.Serializable;
import java.math.BigInteger;

/**
 * The exact sum of finite floats, whatever their order and number: fixed point over the whole range of a float. One thread
 * at a time.
 */
public final class ExactSum implements Serializable {
    private static final long serialVersionUID = 1L;

    /** A float is a whole multiple of 2^-149. */
    private static final int SMALLEST_EXPONENT = -149;

    private static final int LIMB_BITS = 32;
    private static final int LIMBS = 10;

    /** A limb takes less than 2^32 from each number, so a long holds the sum of 2^30 of them. */
    private static final int CARRY_AFTER = 1 << 30;

    private final long[] limbs = new long[LIMBS];
    private int sinceCarry;

    public void add(float value) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = (bits >>> 23) & 0xff;
        long mantissa = exponent == 0 ? bits & 0x7fffff : (bits & 0x7fffff) | 0x800000;
        int position = Math.max(exponent, 1) - 1;
        long shifted = mantissa << (position & (LIMB_BITS - 1));
        int limb = position >>> 5;
        long sign = bits < 0 ? -1 : 1;
        limbs[limb] += sign * (shifted & 0xffffffffL);
        limbs[limb + 1] += sign * (shifted >>> LIMB_BITS);
        if (++sinceCarry == CARRY_AFTER) {
            carry();
        }
    }

    public void add(ExactSum other) {
        carry();
        other.carry();
        for (int i = 0; i < LIMBS; i++) {
            limbs[i] += other.limbs[i];
        }
        sinceCarry = 2;
    }

    private void carry() {
        for (int i = 0; i < LIMBS - 1; i++) {
            limbs[i + 1] += limbs[i] >> LIMB_BITS;
            limbs[i] &= 0xffffffffL;
        }
        sinceCarry = 1;
    }

    /** The double that is nearest to the sum. */
    public double value() {
        BigInteger total = BigInteger.ZERO;
        for (int i = LIMBS - 1; i >= 0; i--) {
            total = total.shiftLeft(LIMB_BITS).add(BigInteger.valueOf(limbs[i]));
        }
        return Math.scalb(total.doubleValue(), SMALLEST_EXPONENT);
    }
}
