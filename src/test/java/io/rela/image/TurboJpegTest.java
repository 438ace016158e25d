package io.rela.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TurboJpegTest {
    @BeforeAll
    static void leptonica() {
        Leptonica.load();
    }

    @Test
    void whereThereIsNoneNothingIsLoaded() {
        assertThat(TurboJpeg.load("off")).isEmpty();
        assertThat(TurboJpeg.load("rela-has-no-such-library")).isEmpty();
        assertThat(TurboJpeg.load("m")).isEmpty();
    }

    @Test
    void thePixelsAreLeptonicasWholeOrDamaged() throws UndecodableImageException {
        TurboJpeg turbo = onlyWhereThereIsOne();
        Random random = new Random(7);
        AtomicInteger asked = new AtomicInteger();
        for (String name : names()) {
            byte[] whole = Pictures.encoded(name);
            for (int round = 0; round < 40; round++) {
                byte[] data = whole.clone();
                // Bytes of the scan: the markers stay.
                for (int damage = 0; damage < round / 4; damage++) {
                    data[data.length - 3 - random.nextInt(data.length / 4)] ^= (byte) (1 << random.nextInt(8));
                }
                Optional<RgbImage> found = turbo.decode(data, JpegMarkers.of(whole), encoded -> {
                    asked.incrementAndGet();
                    return Leptonica.jpeg(encoded);
                });
                assertThat(found.map(RgbImage::rgb).orElse(null))
                        .isEqualTo(Leptonica.jpeg(data).map(RgbImage::rgb).orElse(null));
            }
        }
        // For the first ones of each form, for what is damaged, and for what is progressive.
        assertThat(asked.get()).isBetween(names().size(), 39 * names().size());
    }

    @Test
    void aLibraryOfOtherPixelsIsNotUsed() throws UndecodableImageException {
        TurboJpeg turbo = onlyWhereThereIsOne();
        byte[] data = Pictures.encoded("color-420.jpg");
        JpegMarkers markers = JpegMarkers.of(data);
        RgbImage other = Leptonica.jpeg(data).orElseThrow();
        byte[] pixels = other.rgb().clone();
        pixels[pixels.length / 2]++;
        RgbImage changed = new RgbImage(other.width(), other.height(), pixels);
        for (int i = 0; i < 3; i++) {
            assertThat(turbo.decode(data, markers, encoded -> Optional.of(changed)))
                    .containsSame(changed);
        }
    }

    @Test
    void ofMarkersThatNameAnotherSizeNothingIsScaled() throws UndecodableImageException {
        TurboJpeg turbo = onlyWhereThereIsOne();
        byte[] data = Pictures.encoded("color-420.jpg");
        JpegMarkers markers = JpegMarkers.of(data);
        JpegMarkers half = new JpegMarkers(
                markers.width() / 2, markers.height() / 2, 3, markers.form(), false, markers.scans(), true);
        assertThat(turbo.decode(data, half, encoded -> Optional.empty())).isEmpty();
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(Pictures.encodedNames());
        names.removeIf(name -> !name.endsWith(".jpg") || name.startsWith("cmyk"));
        return names;
    }

    private static TurboJpeg onlyWhereThereIsOne() {
        Optional<TurboJpeg> library = TurboJpeg.load("turbojpeg");
        assumeTrue(library.isPresent(), "this machine has no libturbojpeg");
        return library.orElseThrow();
    }
}
