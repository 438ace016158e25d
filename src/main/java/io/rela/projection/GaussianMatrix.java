package io.rela.projection;

/**
 * Seeded orthonormal axes, the same on every JVM: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) as a hash of (seed,
 * position), Box–Muller in StrictMath, then modified Gram–Schmidt, twice for orthogonality to rounding error.
 */
final class GaussianMatrix {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private GaussianMatrix() {}

    /** k orthonormal rows of d values; k at most d. */
    static double[][] orthonormal(int k, int d, long seed) {
        long key = mix(seed);
        double[][] axes = new double[k][d];
        for (int j = 0; j < k; j++) {
            for (int i = 0; i < d; i++) {
                axes[j][i] = gaussian(key, (long) j * d + i);
            }
            orthogonalise(axes, j);
            orthogonalise(axes, j);
        }
        return axes;
    }

    private static void orthogonalise(double[][] axes, int j) {
        double[] axis = axes[j];
        for (int before = 0; before < j; before++) {
            double[] other = axes[before];
            double along = dot(axis, other);
            for (int i = 0; i < axis.length; i++) {
                axis[i] -= along * other[i];
            }
        }
        double norm = Math.sqrt(dot(axis, axis));
        for (int i = 0; i < axis.length; i++) {
            axis[i] /= norm;
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double gaussian(long key, long position) {
        double radius = uniform(key, 2 * position);
        double angle = uniform(key, 2 * position + 1);
        return StrictMath.sqrt(-2 * StrictMath.log(radius)) * StrictMath.cos(2 * Math.PI * angle);
    }

    /** In (0, 1], so that its logarithm is finite. */
    private static double uniform(long key, long position) {
        return ((mix(key + (position + 1) * GOLDEN_GAMMA) >>> 11) + 1) * 0x1.0p-53;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
