package io.rela.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PreprocessorTest {
    private static final Preprocessing SMALL =
            new Preprocessing(32, 24, Interpolation.BILINEAR, Normalization.IMAGENET);

    static Stream<String> resized() {
        return Pictures.names("resize").filter(name -> name.contains("-"));
    }

    @ParameterizedTest
    @MethodSource("resized")
    void pixelsEqualPillows(String name) {
        String[] parts = name.replace(".rgb", "").split("-", -1);
        RgbImage source = Pictures.rgb("resize/" + parts[0] + ".rgb");
        Preprocessing preprocessing = new Preprocessing(
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]),
                Interpolation.parse(parts[1]),
                Normalization.HALF);

        byte[] pixels = pixels(preprocessing, source);

        assertThat(pixels).isEqualTo(Pictures.rgb("resize/" + name).rgb());
    }

    @ParameterizedTest
    @CsvSource({
        "224,224,0",
        "225,224,0",
        "226,224,1",
        "227,224,2",
        "229,224,2",
        "231,224,4",
        "40000000000,1,20000000000"
    })
    void cropOffsetRoundsHalvesToEven(long side, int crop, long offset) {
        assertThat(Preprocessor.cropOffset(side, crop)).isEqualTo(offset);
    }

    @ParameterizedTest
    @EnumSource
    void oneColorStaysThatColor(Interpolation interpolation) {
        byte[] rgb = new byte[3 * 57 * 91];
        Arrays.fill(rgb, (byte) 201);

        byte[] pixels = pixels(new Preprocessing(40, 40, interpolation, Normalization.HALF), new RgbImage(57, 91, rgb));

        assertThat(pixels).containsOnly((byte) 201);
    }

    @Test
    void scratchOfOnePictureDoesNotShowInTheNext() {
        Preprocessor reused = new Preprocessor(SMALL);
        for (String name : List.of("square", "needle", "wide", "dot", "tall", "thread", "wide")) {
            RgbImage source = Pictures.rgb("resize/" + name + ".rgb");

            ByteBuffer pixels = ByteBuffer.allocate(SMALL.pixelBytes());
            reused.levels(source, pixels);
            assertThat(pixels.array()).as(name).isEqualTo(pixels(SMALL, source));
        }
    }

    @ParameterizedTest
    @MethodSource("resized")
    void wordsGiveThePixelsThatBytesGive(String name) {
        RgbImage bytes = Pictures.rgb("resize/" + name.split("-", -1)[0] + ".rgb");
        byte[] rgb = bytes.rgb();
        int[] words = new int[bytes.width() * bytes.height()];
        for (int i = 0; i < words.length; i++) {
            words[i] = rgb[3 * i] << 24 | (rgb[3 * i + 1] & 0xFF) << 16 | (rgb[3 * i + 2] & 0xFF) << 8 | (i & 0xFF);
        }
        RgbImage image = RgbImage.ofWords(bytes.width(), bytes.height(), words);

        assertThat(image.rgb()).isEqualTo(rgb);
        assertThat(pixels(SMALL, image)).isEqualTo(pixels(SMALL, bytes));
    }

    @Test
    void levelsGoIntoTheSlotAlone() {
        int bytes = SMALL.pixelBytes();
        byte[] rgb = new byte[3 * 30 * 40];
        Arrays.fill(rgb, (byte) 201);
        RgbImage image = new RgbImage(30, 40, rgb);
        ByteBuffer batch = ByteBuffer.allocateDirect(3 * bytes);
        ByteBuffer slot = batch.slice(bytes, bytes);

        new Preprocessor(SMALL).levels(image, slot);

        assertThat(slot.position()).isZero();
        for (int i = 0; i < batch.capacity(); i++) {
            assertThat(batch.get(i)).isEqualTo(i / bytes == 1 ? (byte) 201 : 0);
        }
        ByteBuffer tooSmall = ByteBuffer.allocateDirect(bytes - 1);
        assertThatThrownBy(() -> new Preprocessor(SMALL).levels(image, tooSmall))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void sumsAreClippedToLevels() {
        int one = 1 << ResizeKernel.PRECISION_BITS;

        int[] levels = IntStream.of(-512, -1, 0, 1, 254, 255, 256, 511)
                .map(level -> ResizeKernel.pixel(level * one))
                .toArray();

        assertThat(levels).containsExactly(0, 0, 0, 1, 254, 255, 255, 255);
    }

    @Test
    void largestPicturesOfOneRowOrColumnNeedLittleMemory() {
        byte[] rgb = new byte[3 * 2_000_000];
        Preprocessing preprocessing = new Preprocessing(256, 224, Interpolation.BICUBIC, Normalization.HALF);

        assertThat(pixels(preprocessing, new RgbImage(1, 2_000_000, rgb))).containsOnly((byte) 0);
        assertThat(pixels(preprocessing, new RgbImage(2_000_000, 1, rgb))).containsOnly((byte) 0);
    }

    @Test
    void cropLargerThanResizeIsRefusedWithBothNumbers() {
        assertThatThrownBy(() -> new Preprocessing(224, 256, Interpolation.BILINEAR, Normalization.HALF))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("crop 256")
                .hasMessageContaining("resize 224");
    }

    @ParameterizedTest
    @CsvSource({"0,0", "10,0", "10,-1", "100000,10"})
    void sidesOutOfRangeAreRefused(int resize, int size) {
        assertThatThrownBy(() -> new Preprocessing(resize, size, Interpolation.BILINEAR, Normalization.HALF))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*(Resize|Input size) -?\\d+:.*");
    }

    @Test
    void settingsSurviveSerialization() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
            objects.writeObject(SMALL);
        }
        try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            assertThat(objects.readObject()).isEqualTo(SMALL);
        }
    }

    @Test
    void interpolationIsReadFromLowerCase() {
        assertThat(Interpolation.parse("bicubic")).isEqualTo(Interpolation.BICUBIC);
        assertThatThrownBy(() -> Interpolation.parse("Lanczos")).hasMessageContaining("bilinear or bicubic");
    }

    private static byte[] pixels(Preprocessing preprocessing, RgbImage image) {
        ByteBuffer pixels = ByteBuffer.allocate(preprocessing.pixelBytes());
        new Preprocessor(preprocessing).levels(image, pixels);
        return pixels.array();
    }
}
