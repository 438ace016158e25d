package io.rela.linear;

import io.rela.Digests;
import io.rela.moments.RowProduct;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The affine map y = W x + b from one representation (D values) to another (k values).
 *
 * <p>Weights and bias are float32, rounded once after fitting, so that a stored map is the fitted one; arithmetic is in
 * double, the result float32.
 *
 * <p>Immutable, safe for threads, serialisable. A working copy of the weights, D × k doubles, is made at the first use in a
 * process.
 */
public final class LinearMap implements Serializable {
    private static final long serialVersionUID = 1L;

    private final float[] weights;
    private final float[] bias;
    private final int inputDimension;
    private transient volatile RowProduct product;

    /**
     * Takes the arrays as they are, uncopied.
     *
     * @param weights W, k × D values, row-major
     * @param bias b, k values
     * @throws IllegalArgumentException if lengths do not fit or a value is not finite
     */
    LinearMap(float[] weights, float[] bias) {
        int k = bias.length;
        if (k < 1 || weights.length < k || weights.length % k != 0) {
            throw new IllegalArgumentException("These are no linear map: weights " + weights.length + ", bias " + k
                    + " values; wanted k·D and k, both 1 or more.");
        }
        requireFinite("weights", weights);
        requireFinite("bias", bias);
        this.weights = weights;
        this.bias = bias;
        this.inputDimension = weights.length / k;
    }

    /** SHA-256 of weights and bias, lower-case hex. */
    public String sha256() {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, weights.length + bias.length));
        bytes.asFloatBuffer().put(weights).put(bias);
        return Digests.sha256(bytes.array());
    }

    private static void requireFinite(String name, float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("A linear map's " + name + " cannot hold " + value + ".");
            }
        }
    }

    /**
     * The images of a batch. A row's image does not depend on its place in the batch nor on the batch's size. NaN and
     * infinity in a row spoil that row only.
     *
     * @param rows n × D values, row-major
     * @param n rows, 0 or more
     * @return n × k values, row-major
     * @throws IllegalArgumentException if there are not n·D values
     */
    public float[] apply(float[] rows, int n) {
        if (n < 0 || rows.length != (long) n * inputDimension) {
            throw new IllegalArgumentException("The linear map takes " + n + " rows of " + inputDimension
                    + " values, and there are " + rows.length + " values.");
        }
        return product().apply(rows, n, this::addBias);
    }

    private void addBias(double[] sums, float[] images, int at) {
        for (int j = 0; j < bias.length; j++) {
            images[at + j] = (float) (sums[j] + bias[j]);
        }
    }

    private RowProduct product() {
        RowProduct ready = product;
        if (ready == null) {
            ready = new RowProduct(weights, new float[inputDimension], bias.length);
            product = ready;
        }
        return ready;
    }

    /** D, the values that the map takes, 1 or more. */
    public int inputDimension() {
        return inputDimension;
    }

    /** k, the values that it gives, 1 or more. */
    public int outputDimension() {
        return bias.length;
    }

    /** A copy of W, k × D values, row-major. */
    public float[] weights() {
        return weights.clone();
    }

    /** A copy of b, k values. */
    public float[] bias() {
        return bias.clone();
    }

    /** True for the same map, bit for bit. */
    @Override
    public boolean equals(Object other) {
        return other instanceof LinearMap that
                && Arrays.equals(weights, that.weights)
                && Arrays.equals(bias, that.bias);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(weights) + Arrays.hashCode(bias);
    }

    @Override
    public String toString() {
        return "LinearMap[" + inputDimension + " to " + bias.length + "]";
    }
}
