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
        assertThat(Stream.of(
                                new IllegalStateException("library"),
                                new NoClassDefFoundError("native"),
                                new OutOfMemoryError("raster"))
                        .map(thrown -> PictureStep.tile(SAMPLE, null, failing(thrown), new Thumbnail())))
                .containsOnly(Tile.unseen(SAMPLE, "cannot be read"));
    }

    @Test
    void aReaderThatCannotBeClosedTakesNothingAway() {
        assertThatCode(() -> PictureStep.close(failing(new IllegalStateException("closed before"))))
                .doesNotThrowAnyException();
        assertThatCode(() -> PictureStep.close(null)).doesNotThrowAnyException();
    }

    private static SampleReader failing(Throwable thrown) {
        return new SampleReader() {
            @Override
            public byte[] read(Sample sample) {
                throw TilesTest.<RuntimeException>as(thrown);
            }

            @Override
            public void close() {
                throw TilesTest.<RuntimeException>as(thrown);
            }
        };
    }

    /** Lets any throwable pass as one that need not be declared. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T as(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
