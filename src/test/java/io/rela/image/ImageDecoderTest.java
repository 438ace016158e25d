package io.rela.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
    private final ImageDecoder decoder = new ImageDecoder();

    static List<String> encodedNames() {
        return Pictures.encodedNames();
    }

    @ParameterizedTest
    @MethodSource("encodedNames")
    void pixelsEqualPillows(String name) throws Exception {
        RgbImage expected = Pictures.expected(name);

        RgbImage decoded = decoder.decode(Pictures.encoded(name));

        assertThat(decoded.width()).isEqualTo(expected.width());
        assertThat(decoded.height()).isEqualTo(expected.height());
        assertThat(decoded.rgb()).isEqualTo(expected.rgb());
    }

    @ParameterizedTest
    @MethodSource("encodedNames")
    void decodingLeavesTheInputAsItWas(String name) throws Exception {
        byte[] data = Pictures.encoded(name);

        decoder.decode(data);

        assertThat(data).isEqualTo(Pictures.encoded(name));
    }

    @ParameterizedTest
    @MethodSource("encodedNames")
    void prefixesAreRejectedOrKeepTheSize(String name) {
        byte[] data = Pictures.encoded(name);
        RgbImage whole = Pictures.expected(name);
        for (int length = 0; length < data.length; length += 1 + length / 40) {
            byte[] prefix = Arrays.copyOf(data, length);
            try {
                RgbImage decoded = decoder.decode(prefix);
                assertThat(decoded.width()).isEqualTo(whole.width());
                assertThat(decoded.height()).isEqualTo(whole.height());
            } catch (UndecodableImageException e) {
                assertThat(e.reason()).isNotNull();
                assertThat(e).hasMessageMatching("(?s).{10,200}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "color-420.jpg",
                "progressive-420.jpg",
                "gray.jpg",
                "cmyk.jpg",
                "color.png",
                "palette.gif",
                "color.bmp",
                "lossy.webp",
                "lossless.webp",
                "color.ppm",
                "color-raw.tif",
                "color-tiff_lzw.tif",
                "color-tiff_adobe_deflate.tif"
            })
    void halfAPictureIsTruncated(String name) {
        byte[] data = Pictures.encoded(name);

        assertThat(reason(Arrays.copyOf(data, data.length / 2))).isEqualTo(RejectReason.TRUNCATED);
    }

    @Test
    void jpegWithoutItsEndMarkerIsTruncated() {
        byte[] data = Pictures.encoded("color-420.jpg");

        assertThat(reason(Arrays.copyOf(data, data.length - 2))).isEqualTo(RejectReason.TRUNCATED);
    }

    @Test
    void jpegWhoseScanEndsEarlyButIsMarkedCompleteDecodes() throws Exception {
        byte[] data = Pictures.encoded("color-420.jpg");
        byte[] early = Arrays.copyOf(data, data.length - 60);
        early[early.length - 2] = (byte) 0xFF;
        early[early.length - 1] = (byte) 0xD9;

        RgbImage decoded = decoder.decode(early);

        assertThat(Arrays.copyOf(decoded.rgb(), 3 * 45))
                .isEqualTo(Arrays.copyOf(Pictures.expected("color-420.jpg").rgb(), 3 * 45));
    }

    @Test
    void noBytesAreEmpty() {
        assertThat(reason(new byte[0])).isEqualTo(RejectReason.EMPTY);
    }

    @Test
    void textIsAnUnknownFormat() {
        assertThat(reason("<html>not found</html>".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(RejectReason.UNKNOWN_FORMAT);
    }

    /** A secret may begin as some format does, and its bytes are then taken for that one's numbers. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GIF89a",
                "GIF89a\1\0\1\0\0\0\0",
                "BM",
                "BM........\66\0\0\0(\0\0\0",
                "RIFF....WEBP",
                "RIFF....WEBPVP8 ",
                "RIFF....WEBPVP8L",
                "RIFF....WEBPVP8X",
                "II*\0",
                "MM\0*",
                "II+\0",
                "II*\0\10\0\0\0\1\0",
                "P1 ",
                "P2\n",
                "P3 3 3 ",
                "P4 ",
                "P5 7 7 ",
                "P6 ",
                "P1 40 1 ",
                "\u00ff\u00d8\u00ff",
                "\u00ff\u00d8\u00ff\u00c0\0\13\10",
                "\u0089PNG\r\n\u001a\n",
                "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR"
            })
    void detailsTellNothingOfWhatStandsInTheData(String start) {
        for (String secret :
                List.of("root:x:4815162342:/bin/sh", "4815162342 99887766 1234567 hunter2", "AKIA/kE+y=")) {
            byte[] data = (start + secret.repeat(20)).getBytes(StandardCharsets.ISO_8859_1);
            String detail = catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(data))
                    .getMessage();

            assertThat(detail).doesNotContain(pieces(secret));
        }
    }

    /** Words of a text, and its bytes as other programs show them: in hexadecimal digits, and as numbers of both orders. */
    private static List<String> pieces(String text) {
        byte[] bytes = (text + text).getBytes(StandardCharsets.ISO_8859_1);
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); at++) {
            pieces.add((text + text).substring(at, at + 4));
            pieces.add(String.format("%02x %02x", bytes[at], bytes[at + 1]));
            pieces.add(String.format("%02x%02x", bytes[at], bytes[at + 1]));
            for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
                ByteBuffer numbers = ByteBuffer.wrap(bytes).order(order);
                pieces.add(Integer.toString(numbers.getShort(at)));
                pieces.add(Integer.toString(numbers.getShort(at) & 0x3FFF));
                pieces.add(Integer.toString(numbers.getInt(at)));
            }
        }
        return pieces;
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif", "bmp", "webp", "tiff", "pnm"})
    void hugeHeadersAreTooLargeAndNothingIsAllocated(String format) {
        assertThat(reason(huge(format))).isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void progressiveBombIsTooLarge() {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD8});
        data.writeBytes(frame(0xC2, 12_000, 12_000));
        for (int scan = 0; scan < 1_000; scan++) {
            data.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xDA, 0, 6, 1, 1, 0, 0});
        }
        data.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD9});

        assertThat(reason(data.toByteArray())).isEqualTo(RejectReason.TOO_LARGE);
    }

    @Test
    void compressedTextBombInPngIsNotUnpacked() throws Exception {
        byte[] png = Pictures.encoded("color.png");
        byte[] bomb = chunk("zTXt", concat(new byte[] {'k', 0, 0}, deflated(new byte[50_000_000])));
        int afterHeader = 8 + 25;
        byte[] data =
                concat(concat(Arrays.copyOf(png, afterHeader), bomb), Arrays.copyOfRange(png, afterHeader, png.length));

        assertThat(decoder.decode(data).rgb())
                .isEqualTo(Pictures.expected("color.png").rgb());
    }

    @Test
    void damagedHeaderChecksumOfPngIsCorrupt() {
        byte[] png = Pictures.encoded("color.png");
        png[30] ^= 1;

        assertThat(reason(png)).isEqualTo(RejectReason.CORRUPT);
    }

    @Test
    void floatTiffIsUnsupported() {
        ByteBuffer tiff = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        tiff.put(new byte[] {'I', 'I', 42, 0}).putInt(8).putShort((short) 4);
        for (int[] tag : new int[][] {{256, 1}, {257, 1}, {258, 32}, {339, 3}}) {
            tiff.putShort((short) tag[0]).putShort((short) 3).putInt(1).putInt(tag[1]);
        }

        assertThat(reason(tiff.array())).isEqualTo(RejectReason.UNSUPPORTED);
    }

    @ParameterizedTest
    @MethodSource("encodedNames")
    void damagedBytesNeverCauseAnotherError(String name) {
        Random random = new Random(name.hashCode());
        for (int round = 0; round < 40; round++) {
            byte[] data = Pictures.encoded(name);
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                data[random.nextInt(Math.min(data.length, round % 2 == 0 ? 200 : data.length))] =
                        (byte) random.nextInt(256);
            }
            byte[] shifted = round % 4 < 2 ? data : shifted(data, random);
            assertThatCode(() -> decodeOrReject(shifted)).doesNotThrowAnyException();
        }
    }

    /** With some bytes left out or repeated, so that all behind them stands elsewhere. */
    private static byte[] shifted(byte[] data, Random random) {
        int at = random.nextInt(data.length);
        int length = random.nextInt(64);
        return random.nextBoolean()
                ? concat(
                        Arrays.copyOf(data, at),
                        Arrays.copyOfRange(data, Math.min(data.length, at + length), data.length))
                : concat(
                        Arrays.copyOf(data, Math.min(data.length, at + length)),
                        Arrays.copyOfRange(data, at, data.length));
    }

    @Test
    void threadsShareADecoder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int repeat = 0; repeat < 8; repeat++) {
                for (String name : Pictures.encodedNames()) {
                    tasks.add(() -> {
                        assertThat(decoder.decode(Pictures.encoded(name)).rgb())
                                .as(name)
                                .isEqualTo(Pictures.expected(name).rgb());
                        return null;
                    });
                }
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private RejectReason reason(byte[] data) {
        return catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(data))
                .reason();
    }

    private void decodeOrReject(byte[] data) {
        try {
            decoder.decode(data);
        } catch (UndecodableImageException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    private static byte[] huge(String format) {
        ByteBuffer little = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        return switch (format) {
            case "jpeg" ->
                concat(
                        concat(new byte[] {(byte) 0xFF, (byte) 0xD8}, frame(0xC0, 65_000, 65_000)),
                        new byte[] {(byte) 0xFF, (byte) 0xD9});
            case "png" ->
                concat(
                        Arrays.copyOf(Pictures.encoded("color.png"), 8),
                        chunk(
                                "IHDR",
                                ByteBuffer.allocate(13)
                                        .putInt(1 << 30)
                                        .putInt(1 << 30)
                                        .put(new byte[] {8, 2, 0, 0, 0})
                                        .array()));
            case "gif" ->
                little.put("GIF89a".getBytes(StandardCharsets.UTF_8))
                        .putInt(-1)
                        .put(new byte[] {0, 0, 0, ',', 0, 0, 0, 0, 1, 0, 1, 0, 0, 2})
                        .array();
            case "bmp" ->
                little.put(new byte[] {'B', 'M'})
                        .putLong(0)
                        .putInt(54)
                        .putInt(40)
                        .putInt(1 << 20)
                        .putInt(1 << 20)
                        .array();
            case "webp" ->
                little.put("RIFF....WEBPVP8X".getBytes(StandardCharsets.UTF_8))
                        .putInt(10)
                        .putInt(0)
                        .putLong(-1)
                        .array();
            case "tiff" ->
                little.put(new byte[] {'I', 'I', 42, 0})
                        .putInt(8)
                        .putShort((short) 2)
                        .putShort((short) 256)
                        .putShort((short) 4)
                        .putInt(1)
                        .putInt(1 << 30)
                        .putShort((short) 257)
                        .putShort((short) 4)
                        .putInt(1)
                        .putInt(1 << 30)
                        .array();
            default -> "P6 100000 100000 255 ".getBytes(StandardCharsets.UTF_8);
        };
    }

    private static byte[] frame(int marker, int width, int height) {
        return ByteBuffer.allocate(13)
                .put(new byte[] {(byte) 0xFF, (byte) marker, 0, 11, 8})
                .putShort((short) height)
                .putShort((short) width)
                .put(new byte[] {1, 1, 0x11, 0})
                .array();
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] typed = concat(type.getBytes(StandardCharsets.UTF_8), content);
        CRC32 crc = new CRC32();
        crc.update(typed);
        return ByteBuffer.allocate(typed.length + 8)
                .putInt(content.length)
                .put(typed)
                .putInt((int) crc.getValue())
                .array();
    }

    private static byte[] deflated(byte[] content) {
        Deflater deflater = new Deflater();
        deflater.setInput(content);
        deflater.finish();
        byte[] out = new byte[1 << 20];
        int length = deflater.deflate(out);
        deflater.end();
        return Arrays.copyOf(out, length);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
