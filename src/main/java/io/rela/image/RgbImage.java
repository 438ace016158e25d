package io.rela.image;

/**
 * A decoded picture, row by row from the top left. Its pixels are three bytes red, green, blue, or words as the native
 * library hands them out, which saves taking them apart. Immutable.
 */
public final class RgbImage {
    private final int width;
    private final int height;

    /** One of the two is null. */
    private final byte[] rgb;

    private final int[] words;

    /**
     * @param width in pixels, at least 1
     * @param height in pixels, at least 1
     * @param rgb {@code 3 * width * height} bytes; not copied, owned by this object
     */
    public RgbImage(int width, int height, byte[] rgb) {
        this(width, height, rgb, null);
        if (rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "A picture of " + width + "x" + height + " pixels does not have " + rgb.length + " bytes");
        }
    }

    private RgbImage(int width, int height, byte[] rgb, int[] words) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("A picture does not have " + width + "x" + height + " pixels");
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
        this.words = words;
    }

    /**
     * @param words {@code width * height} pixels: red in the highest byte, then green, then blue, the lowest of any value;
     *     not copied, owned by the picture
     */
    static RgbImage ofWords(int width, int height, int[] words) {
        if (words.length != (long) width * height) {
            throw new IllegalArgumentException(
                    "A picture of " + width + "x" + height + " pixels does not have " + words.length + " words");
        }
        return new RgbImage(width, height, null, words);
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /**
     * The pixels as bytes red, green, blue; the picture's own or a copy.
     *
     * @return {@code 3 * width * height} bytes, not to be changed
     */
    public byte[] rgb() {
        if (rgb != null) {
            return rgb;
        }
        byte[] bytes = new byte[3 * words.length];
        int out = 0;
        for (int word : words) {
            bytes[out++] = (byte) (word >>> 24);
            bytes[out++] = (byte) (word >>> 16);
            bytes[out++] = (byte) (word >>> 8);
        }
        return bytes;
    }

    /** The pixels as words, not to be changed; null where they are bytes. */
    int[] words() {
        return words;
    }

    /** Whether another picture has the same pixels; makes no copy of either. */
    boolean hasPixelsOf(RgbImage other) {
        if (width != other.width || height != other.height) {
            return false;
        }
        int[] mine = new int[width];
        int[] others = new int[width];
        for (int y = 0; y < height; y++) {
            row(y, 0, width, mine);
            other.row(y, 0, width, others);
            for (int x = 0; x < width; x++) {
                if ((mine[x] ^ others[x]) >>> 8 != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Copies {@code count} pixels of row {@code y}, from column {@code left} on, to the beginning of {@code out} as words. */
    void row(int y, int left, int count, int[] out) {
        int first = y * width + left;
        if (words != null) {
            System.arraycopy(words, first, out, 0, count);
            return;
        }
        int in = 3 * first;
        for (int x = 0; x < count; x++) {
            out[x] = rgb[in] << 24 | (rgb[in + 1] & 0xFF) << 16 | (rgb[in + 2] & 0xFF) << 8;
            in += 3;
        }
    }
}
