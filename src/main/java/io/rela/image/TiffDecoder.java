package io.rela.image;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The first page of a TIFF, turned as its orientation tag says, which Pillow does for this format only. Unpacked here:
 * uncompressed, LZW, deflate and PackBits data of up to 16 bits a sample, gray, palette, RGB and CMYK, strips or tiles,
 * chunky or planar. Fax, JPEG, YCbCr and Lab go to libtiff. Signed, float and 32-bit samples have no
 * agreed range and are rejected.
 * Serves one call; not shared.
 */
final class TiffDecoder {
    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int BITS_PER_SAMPLE = 258;
    private static final int COMPRESSION = 259;
    private static final int PHOTOMETRIC = 262;
    private static final int FILL_ORDER = 266;
    private static final int STRIP_OFFSETS = 273;
    private static final int ORIENTATION = 274;
    private static final int SAMPLES_PER_PIXEL = 277;
    private static final int ROWS_PER_STRIP = 278;
    private static final int STRIP_LENGTHS = 279;
    private static final int PLANAR = 284;
    private static final int PREDICTOR = 317;
    private static final int COLOR_MAP = 320;
    private static final int TILE_WIDTH = 322;
    private static final int TILE_HEIGHT = 323;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_LENGTHS = 325;
    private static final int EXTRA_SAMPLES = 338;
    private static final int SAMPLE_FORMAT = 339;
    private static final int JPEG_STREAM = 513;

    private static final int UNCOMPRESSED = 1;
    private static final int LZW = 5;
    private static final int OLD_JPEG = 6;
    private static final int DEFLATE = 8;
    private static final int PACK_BITS = 32_773;
    private static final int OLD_DEFLATE = 32_946;

    private static final int UNSIGNED = 1;
    private static final int SIGNED = 2;
    private static final int FLOAT = 3;

    private static final int WHITE_IS_ZERO = 0;
    private static final int BLACK_IS_ZERO = 1;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int CMYK = 5;

    /** Values of a tag that are read: more strips than a picture of the largest size has rows and planes are absurd. */
    private static final long MAX_VALUES = 1 << 22;

    private final byte[] data;
    private final ByteReader in;
    private final boolean little;
    private final boolean big;
    private final Map<Integer, long[]> tags = new HashMap<>();

    private TiffDecoder(byte[] data) {
        this.data = data;
        this.in = new ByteReader(data, 4);
        this.little = data[0] == 'I';
        this.big = data[2] + data[3] == '+';
    }

    static RgbImage decode(byte[] data) throws UndecodableImageException {
        return new TiffDecoder(data).picture();
    }

    private RgbImage picture() throws UndecodableImageException {
        readTags();
        PixelLimit.check(tag(WIDTH, 0), tag(HEIGHT, 0));
        if (tag(COMPRESSION, UNCOMPRESSED) == OLD_JPEG) {
            return oldJpeg();
        }
        int bits = (int) tag(BITS_PER_SAMPLE, 1);
        long format = tag(SAMPLE_FORMAT, UNSIGNED);
        if (bits > 16 || format == SIGNED || format == FLOAT) {
            throw UndecodableImageException.unsupported(
                    "A TIFF of more than 16 bits a sample, or of signed or fractional ones: what is white is not known");
        }
        if (isUnpackedHere()) {
            return turned(unpack());
        }
        return Leptonica.tiff(data)
                .orElseThrow(() -> UndecodableImageException.unsupported(
                        "The TIFF decoder refuses this compression or photometric interpretation"));
    }

    private RgbImage oldJpeg() throws UndecodableImageException {
        long start = tag(JPEG_STREAM, -1);
        if (start < 0 || start >= data.length) {
            throw UndecodableImageException.unsupported("A TIFF with old-style JPEG that has no whole JPEG stream");
        }
        return JpegDecoder.decode(Arrays.copyOfRange(data, (int) start, data.length));
    }

    private void readTags() throws UndecodableImageException {
        if (big) {
            in.skip(4);
        }
        in.seek(big ? u64() : u32());
        long count = big ? u64() : u16();
        for (long i = 0; i < count; i++) {
            int entry = in.position();
            int tag = u16();
            int type = u16();
            long values = big ? u64() : u32();
            int width =
                    switch (type) {
                        case 1, 6, 7 -> 1;
                        case 3, 8 -> 2;
                        case 4, 9, 13 -> 4;
                        case 16, 17, 18 -> 8;
                        default -> 0;
                    };
            if (width > 0 && values > 0 && values <= MAX_VALUES && isUsed(tag)) {
                if (values * width > (big ? 8 : 4)) {
                    in.seek(big ? u64() : u32());
                }
                tags.putIfAbsent(tag, values(width, (int) values));
            }
            in.seek(entry + (big ? 20 : 12));
        }
    }

    private static boolean isUsed(int tag) {
        return (tag >= WIDTH && tag <= SAMPLE_FORMAT) || tag == JPEG_STREAM;
    }

    private long[] values(int width, int count) throws UndecodableImageException {
        if ((long) width * count > in.remaining()) {
            throw UndecodableImageException.truncated("The values of a tag lie beyond the end of the data");
        }
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (width) {
                case 1 -> in.u8();
                case 2 -> u16();
                case 4 -> u32();
                default -> u64();
            };
        }
        return values;
    }

    private int u16() throws UndecodableImageException {
        return little ? in.u16Little() : in.u16Big();
    }

    private long u32() throws UndecodableImageException {
        return little ? in.u32Little() : in.u32Big();
    }

    private long u64() throws UndecodableImageException {
        long first = u32();
        long second = u32();
        return little ? second << 32 | first : first << 32 | second;
    }

    private long tag(int tag, long absent) {
        long[] values = tags.get(tag);
        return values == null ? absent : values[0];
    }

    private boolean isUnpackedHere() throws UndecodableImageException {
        long bits = tag(BITS_PER_SAMPLE, 1);
        long samples = tag(SAMPLES_PER_PIXEL, bitsOfAll());
        long compression = tag(COMPRESSION, UNCOMPRESSED);
        boolean packing = compression == UNCOMPRESSED
                || compression == DEFLATE
                || compression == OLD_DEFLATE
                || compression == PACK_BITS
                || (compression == LZW && !isOldLzw());
        boolean layout = bits >= 1 && bits <= 16 && samples >= usedSamples() && samples <= 64;
        for (long each : tags.getOrDefault(BITS_PER_SAMPLE, new long[] {1})) {
            layout &= each == bits;
        }
        return packing && layout && usedSamples() > 0 && tag(PREDICTOR, 1) <= 2;
    }

    private int bitsOfAll() {
        return tags.getOrDefault(BITS_PER_SAMPLE, new long[1]).length;
    }

    private boolean isOldLzw() {
        long start = tag(STRIP_OFFSETS, tag(TILE_OFFSETS, -1));
        return start >= 0 && start < data.length && TiffLzw.isOldStyle(data, (int) start, data.length - (int) start);
    }

    /** Samples that make the color; 0 for a photometric interpretation that is not unpacked here. */
    private int usedSamples() {
        return switch ((int) tag(PHOTOMETRIC, bitsOfAll() >= 3 ? RGB : BLACK_IS_ZERO)) {
            case WHITE_IS_ZERO, BLACK_IS_ZERO, PALETTE -> 1;
            case RGB -> 3;
            case CMYK -> 4;
            default -> 0;
        };
    }

    /** Associated alpha: colors are stored multiplied by it. */
    private boolean isPremultiplied() {
        return usedSamples() == 3 && tag(EXTRA_SAMPLES, 0) == 1 && tag(SAMPLES_PER_PIXEL, bitsOfAll()) > 3;
    }

    private RgbImage unpack() throws UndecodableImageException {
        int width = (int) tag(WIDTH, 0);
        int height = (int) tag(HEIGHT, 0);
        boolean planar = tag(PLANAR, 1) == 2;
        int samples = (int) tag(SAMPLES_PER_PIXEL, bitsOfAll());
        int kept = usedSamples() + (isPremultiplied() ? 1 : 0);
        boolean tiled = tags.containsKey(TILE_WIDTH);
        long blockWidth = tiled ? tag(TILE_WIDTH, 0) : width;
        long blockHeight = tiled ? tag(TILE_HEIGHT, 0) : Math.min(tag(ROWS_PER_STRIP, height), height);
        PixelLimit.check(blockWidth, blockHeight);
        int bits = (int) tag(BITS_PER_SAMPLE, 1);
        long rowBytes = (blockWidth * bits * (planar ? 1 : samples) + 7) / 8;
        if (rowBytes * blockHeight > Integer.MAX_VALUE - 8 || (long) width * height * kept > Integer.MAX_VALUE - 8) {
            throw new UndecodableImageException(
                    RejectReason.TOO_LARGE, "The samples of " + PixelLimit.about(width, height));
        }
        long[] offsets = tags.get(tiled ? TILE_OFFSETS : STRIP_OFFSETS);
        long[] lengths = tags.get(tiled ? TILE_LENGTHS : STRIP_LENGTHS);
        int across = (int) ((width + blockWidth - 1) / blockWidth);
        int down = (int) ((height + blockHeight - 1) / blockHeight);
        int planes = planar ? kept : 1;
        if (offsets == null || offsets.length < (long) across * down * planes) {
            throw UndecodableImageException.corrupt("The TIFF does not say where all of its data is");
        }
        byte[] levels = new byte[width * height * kept];
        byte[] block = new byte[(int) (rowBytes * blockHeight)];
        Samples target = new Samples(levels, kept, bits, tag(PHOTOMETRIC, 1) == PALETTE);
        for (int plane = 0; plane < planes; plane++) {
            for (int i = 0; i < across * down; i++) {
                int number = plane * across * down + i;
                int left = (int) (i % across * blockWidth);
                int top = (int) (i / across * blockHeight);
                int columns = (int) Math.min(blockWidth, width - left);
                int rows = tiled ? (int) blockHeight : (int) Math.min(blockHeight, height - top);
                int wanted = (int) (rowBytes * rows);
                long length = lengths != null && number < lengths.length ? lengths[number] : wanted;
                readBlock(offsets[number], length, block, wanted);
                int chunk = planar ? 1 : samples;
                if (tag(PREDICTOR, 1) == 2) {
                    undoDifferences(block, (int) rowBytes, rows, chunk, bits);
                }
                for (int row = 0; row < Math.min(rows, height - top); row++) {
                    for (int sample = 0; sample < (planar ? 1 : kept); sample++) {
                        int first = ((top + row) * width + left) * kept + plane + sample;
                        copyRow(block, (int) (row * rowBytes), sample, chunk, target, first, columns);
                    }
                }
            }
        }
        return new RgbImage(width, height, colors(levels, width * height, kept));
    }

    /** Where samples of a picture go, as 8 bits each; palette indices stay as they are. */
    private record Samples(byte[] levels, int perPixel, int bits, boolean indices) {}

    private void copyRow(byte[] block, int row, int sample, int chunk, Samples target, int first, int columns) {
        int bits = target.bits();
        int out = first;
        for (int x = 0; x < columns; x++) {
            int value = sample(block, row, x * chunk + sample, bits);
            int level = target.indices() ? value : bits > 8 ? value >> (bits - 8) : value * 255 / ((1 << bits) - 1);
            target.levels()[out] = (byte) level;
            out += target.perPixel();
        }
    }

    private int sample(byte[] block, int row, int index, int bits) {
        if (bits == 8) {
            return block[row + index] & 0xFF;
        }
        if (bits == 16) {
            int at = row + 2 * index;
            int first = block[at] & 0xFF;
            int second = block[at + 1] & 0xFF;
            return little ? (second << 8) | first : (first << 8) | second;
        }
        int value = 0;
        for (int bit = index * bits; bit < (index + 1) * bits; bit++) {
            value = (value << 1) | ((block[row + (bit >> 3)] >> (7 - (bit & 7))) & 1);
        }
        return value;
    }

    private void undoDifferences(byte[] block, int rowBytes, int rows, int chunk, int bits)
            throws UndecodableImageException {
        if (bits != 8 && bits != 16) {
            throw UndecodableImageException.unsupported("A TIFF of differences of other than 8 or 16 bits");
        }
        for (int row = 0; row < rows; row++) {
            int start = row * rowBytes;
            if (bits == 8) {
                for (int i = start + chunk; i < start + rowBytes; i++) {
                    block[i] += block[i - chunk];
                }
            } else {
                for (int i = chunk; i < rowBytes / 2; i++) {
                    int sum = sample(block, start, i, 16) + sample(block, start, i - chunk, 16);
                    block[start + 2 * i] = (byte) (little ? sum : sum >> 8);
                    block[start + 2 * i + 1] = (byte) (little ? sum >> 8 : sum);
                }
            }
        }
    }

    private void readBlock(long offset, long length, byte[] block, int wanted) throws UndecodableImageException {
        long compression = tag(COMPRESSION, UNCOMPRESSED);
        long stored = compression == UNCOMPRESSED ? wanted : length;
        if (offset < 0 || stored < 0 || offset > data.length - stored) {
            throw UndecodableImageException.truncated("A block lies beyond the end of the data, byte " + data.length);
        }
        byte[] source = data;
        int start = (int) offset;
        if (tag(FILL_ORDER, 1) == 2) {
            source = new byte[(int) stored];
            for (int i = 0; i < source.length; i++) {
                source[i] = (byte) (Integer.reverse(data[start + i]) >>> 24);
            }
            start = 0;
        }
        int written =
                switch ((int) compression) {
                    case UNCOMPRESSED -> {
                        System.arraycopy(source, start, block, 0, wanted);
                        yield wanted;
                    }
                    case LZW -> TiffLzw.unpack(source, start, (int) stored, block);
                    case PACK_BITS -> unpackBits(source, start, (int) stored, block);
                    default -> inflate(source, start, (int) stored, block);
                };
        if (written < wanted) {
            throw UndecodableImageException.truncated(
                    "A block unpacks to " + 100L * written / wanted + "% of its pixels");
        }
    }

    private static int unpackBits(byte[] source, int start, int length, byte[] block) {
        int at = start;
        int written = 0;
        while (at < start + length && written < block.length) {
            int count = source[at++];
            if (count >= 0) {
                int copied = Math.min(Math.min(count + 1, start + length - at), block.length - written);
                System.arraycopy(source, at, block, written, copied);
                at += count + 1;
                written += copied;
            } else if (count != -128 && at < start + length) {
                for (int i = 0; i <= -count && written < block.length; i++) {
                    block[written++] = source[at];
                }
                at++;
            }
        }
        return written;
    }

    private static int inflate(byte[] source, int start, int length, byte[] block) throws UndecodableImageException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(source, start, length);
            int written = 0;
            int step;
            do {
                step = inflater.inflate(block, written, block.length - written);
                written += step;
            } while (step > 0 && written < block.length);
            return written;
        } catch (DataFormatException e) {
            throw UndecodableImageException.corrupt("The deflated data is damaged: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }

    private byte[] colors(byte[] levels, int pixels, int kept) throws UndecodableImageException {
        byte[] rgb = new byte[3 * pixels];
        int photometric = (int) tag(PHOTOMETRIC, bitsOfAll() >= 3 ? RGB : BLACK_IS_ZERO);
        long[] map = tags.get(COLOR_MAP);
        int mapped = map == null ? 0 : map.length / 3;
        if (photometric == PALETTE && mapped == 0) {
            throw UndecodableImageException.corrupt("The TIFF has palette indices, but no palette");
        }
        boolean premultiplied = isPremultiplied();
        for (int i = 0; i < pixels; i++) {
            int in = i * kept;
            for (int channel = 0; channel < 3; channel++) {
                int level = levels[in] & 0xFF;
                rgb[3 * i + channel] = (byte)
                        switch (photometric) {
                            case WHITE_IS_ZERO -> 255 - level;
                            case BLACK_IS_ZERO -> level;
                            case PALETTE -> level < mapped ? (int) map[channel * mapped + level] >> 8 : 0;
                            case CMYK -> JpegDecoder.inked(levels[in + channel] & 0xFF, 255 - (levels[in + 3] & 0xFF));
                            default ->
                                premultiplied
                                        ? divided(levels[in + channel] & 0xFF, levels[in + 3] & 0xFF)
                                        : levels[in + channel] & 0xFF;
                        };
            }
        }
        return rgb;
    }

    private static int divided(int color, int alpha) {
        return alpha == 0 ? 0 : Math.min(255, color * 255 / alpha);
    }

    private RgbImage turned(RgbImage image) {
        int orientation = (int) tag(ORIENTATION, 1);
        if (orientation < 2 || orientation > 8) {
            return image;
        }
        int width = image.width();
        int height = image.height();
        boolean sideways = orientation >= 5;
        boolean mirrorX = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean mirrorY = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int newWidth = sideways ? height : width;
        int newHeight = sideways ? width : height;
        byte[] source = image.rgb();
        byte[] rgb = new byte[source.length];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                int sourceX = sideways ? y : x;
                int sourceY = sideways ? x : y;
                int from =
                        (mirrorY ? height - 1 - sourceY : sourceY) * width + (mirrorX ? width - 1 - sourceX : sourceX);
                System.arraycopy(source, 3 * from, rgb, 3 * (y * newWidth + x), 3);
            }
        }
        return new RgbImage(newWidth, newHeight, rgb);
    }
}
