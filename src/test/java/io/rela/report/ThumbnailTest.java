package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.image.UndecodableImageException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ThumbnailTest {
    private final Thumbnail thumbnail = new Thumbnail();

    @Test
    void largePicturesBecomeSmallAndSmallOnesStay() throws Exception {
        assertThat(side(thumbnail.of(noise(300, 200)))).isEqualTo(96);
        assertThat(side(thumbnail.of(noise(1, 40)))).isEqualTo(1);
        assertThat(side(thumbnail.of(noise(40, 32)))).isEqualTo(32);
    }

    /** A hundred of them have to leave a page below 2 MB, whatever they show. */
    @Test
    void evenNoiseIsSmall() throws Exception {
        assertThat(thumbnail.of(noise(96, 96))).hasSizeLessThanOrEqualTo(8_000);
    }

    @Test
    void onePictureGivesTheSameBytesAlways() throws Exception {
        assertThat(thumbnail.of(noise(120, 100))).isEqualTo(new Thumbnail().of(noise(120, 100)));
    }

    @Test
    void whatIsNoPictureIsRefused() {
        assertThatThrownBy(() -> thumbnail.of("no picture".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UndecodableImageException.class);
    }

    private static int side(byte[] jpeg) throws Exception {
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(jpeg));
        assertThat(picture.getHeight()).isEqualTo(picture.getWidth());
        return picture.getWidth();
    }

    /** A PPM file. */
    private static byte[] noise(int width, int height) throws Exception {
        byte[] pixels = new byte[3 * width * height];
        new Random(1).nextBytes(pixels);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(("P6 " + width + " " + height + " 255\n").getBytes(StandardCharsets.UTF_8));
        file.write(pixels);
        return file.toByteArray();
    }
}
