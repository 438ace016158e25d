package io.rela.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearMissTest {
    private static final List<String> NAMES =
            List.of("--policy", "--pool-share", "--home", "--epoch", "--epochs", "select");

    @Test
    void misspelledNamesAreRecognised() {
        assertThat(NearMiss.of("--polcy", NAMES)).isEqualTo("; is it --policy?");
        assertThat(NearMiss.of("--Policy=hard", NAMES)).isEqualTo("; is it --policy?");
        assertThat(NearMiss.of("--epchs", NAMES)).isEqualTo("; is it --epochs?");
        assertThat(NearMiss.of("selct", NAMES)).isEqualTo("; is it select?");
    }

    @Test
    void soAreTheirBeginningsAndWhatWasAddedToThem() {
        assertThat(NearMiss.of("--pool", NAMES)).isEqualTo("; is it --pool-share?");
        assertThat(NearMiss.of("--home-directory", NAMES)).isEqualTo("; is it --home?");
    }

    @Test
    void whatIsFarFromAllOfThemIsNot() {
        assertThat(NearMiss.of("--verbosity", NAMES)).isEmpty();
        assertThat(NearMiss.of("photos", NAMES)).isEmpty();
    }
}
