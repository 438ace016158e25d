package io.rela.image;

import java.io.Serializable;

/**
 * How a decoded picture becomes a model's input: resize the shorter side, crop the centre, normalise, lay out. Immutable;
 * what executors receive.
 *
 * @param resize length of the shorter side after resizing, in pixels, 1 to {@value #MAX_SIDE}
 * @param inputSize side of the square centre crop, in pixels, 1 to {@code resize}; so a crop never needs padding
 * @param interpolation filter of the resize
 * @param normalization of the cropped pixels
 * @param layout of the batches that the model sees
 */
public record Preprocessing(
        int resize, int inputSize, Interpolation interpolation, Normalization normalization, PixelLayout layout)
        implements Serializable {

    /** Largest side that is accepted, in pixels: far above any model's, and S*S*3 still fits an array. */
    public static final int MAX_SIDE = 16_384;

    public Preprocessing {
        if (inputSize < 1 || inputSize > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "Input size " + inputSize + ": the crop's side must be 1 to " + MAX_SIDE + " pixels");
        }
        if (resize < 1 || resize > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "Resize " + resize + ": the shorter side must be 1 to " + MAX_SIDE + " pixels");
        }
        if (inputSize > resize) {
            throw new IllegalArgumentException("The crop " + inputSize + " is larger than the resize " + resize
                    + ": lower the input size or raise the resize");
        }
        if (interpolation == null || normalization == null || layout == null) {
            throw new IllegalArgumentException("Interpolation, normalization and layout must be given");
        }
    }

    /** The usual layout, {@link PixelLayout#INTERLEAVED}. */
    public Preprocessing(int resize, int inputSize, Interpolation interpolation, Normalization normalization) {
        this(resize, inputSize, interpolation, normalization, PixelLayout.INTERLEAVED);
    }

    /** The same in another layout. */
    public Preprocessing in(PixelLayout other) {
        return new Preprocessing(resize, inputSize, interpolation, normalization, other);
    }

    /** Bytes of one preprocessed picture: {@code inputSize * inputSize * 3}. */
    public int pixelBytes() {
        return 3 * inputSize * inputSize;
    }
}
