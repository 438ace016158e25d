package io.rela.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.image.ImageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void orderIsThatOfCodePointsOnRandomTexts() {
        Random random = new Random(7);
        int[] alphabet = {'a', 'b', '/', 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
        for (int round = 0; round < 5_000; round++) {
            String left = text(random, alphabet);
            String right = text(random, alphabet);
            int expected = Integer.signum(java.util.Arrays.compare(
                    left.codePoints().toArray(), right.codePoints().toArray()));
            assertThat(Integer.signum(Names.BY_CODE_POINT.compare(left, right))).isEqualTo(expected);
        }
    }

    @Test
    void picturesAreKnownByTheirSuffixInAnyCase() {
        assertThat(List.of("a.jpg", "a.JPEG", "b.c.PnG", "x.jfif", "y.TIFF", "z.pnm", "é.webp"))
                .allMatch(ImageFormat::isNameOfPicture);
        assertThat(List.of("a", "jpg", "a.txt", "a.jpg.txt", "a.svg", "a.json"))
                .noneMatch(ImageFormat::isNameOfPicture);
    }

    @Test
    void picturesAreOrderedByClassThenFolderThenName() {
        List<String> expected = List.of("a/z.jpg", "a/b!/1.jpg", "a/b/1.jpg", "a/b/c/0.jpg", "a!/0.jpg");
        List<PictureName> names = new ArrayList<>();
        expected.forEach(path -> names.add(0, PictureName.of(path)));

        names.sort(PictureName.ORDER);

        assertThat(names)
                .extracting(PictureName::path)
                .containsExactly("a/z.jpg", "a/b/1.jpg", "a/b!/1.jpg", "a/b/c/0.jpg", "a!/0.jpg");
    }

    private static String text(Random random, int[] alphabet) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
        }
        return text.toString();
    }
}
