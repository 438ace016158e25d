package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.rela.source.Sample;
import io.rela.source.SampleReader;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TilesTest {
    private static final Sample SAMPLE = new Sample(7, "a/7.jpg", "file:/a/7.jpg", null, 3, null, null);

    @Test
    void aSampleThatIsGoneLeavesNoTile() {
        Tile tile = Tile.unseen(SAMPLE, "not at hand");
        assertThat(Strips.tiles(List.of(9L, 7L), Map.of(7L, tile), Map.of(7L, 0.5f)))
                .containsExactly(tile.with(0.5f));
    }

    @Test
    void whateverOnePictureBringsAboutIsOfItAlone() {
        assertThat(Stream.<Runnable>of(TilesTest::broken, TilesTest::unlinked, TilesTest::tooLarge)
                        .map(failure -> PictureStep.tile(SAMPLE, null, failing(failure), new Thumbnail())))
                .containsOnly(Tile.unseen(SAMPLE, "cannot be read"));
    }

    @Test
    void aReaderThatCannotBeClosedTakesNothingAway() {
        assertThatCode(() -> PictureStep.close(failing(TilesTest::broken))).doesNotThrowAnyException();
        assertThatCode(() -> PictureStep.close(null)).doesNotThrowAnyException();
    }

    private static SampleReader failing(Runnable failure) {
        return new SampleReader() {
            @Override
            public byte[] read(Sample sample) {
                failure.run();
                return new byte[0];
            }

            @Override
            public void close() {
                failure.run();
            }
        };
    }

    private static void broken() {
        throw new IllegalStateException("library");
    }

    private static void unlinked() {
        throw new NoClassDefFoundError("native");
    }

    private static void tooLarge() {
        throw new OutOfMemoryError("raster");
    }
}
