package io.rela.prune;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Command prune, on storage that renames as HDFS does. */
class PruningTest {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void logLossesOfThreeEpochs() throws IOException {
        home = folder.resolve("home");
        DemoPictures.write(folder.resolve("pictures"));
        done(Rela.convert(folder.resolve("pictures"), home));
        Path log = Files.writeString(folder.resolve("log.csv"), "index,loss\n3,0.5\n7,1.5\n");
        for (int epoch = 0; epoch < 3; epoch++) {
            done(Rela.run("score", "--home", home, "--epoch", epoch, "--losses", log));
            done(Rela.run("select", "--home", home, "--epoch", epoch, "--policy", "uniform", "--ratio", 0.1));
        }
    }

    private static void done(Rela.Outcome outcome, String... parts) {
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        assertThat(parts).allMatch(part -> outcome.text().contains(part), outcome.text());
    }

    private Rela.Outcome prune(int keep, Object... more) {
        Object[] args = {"prune", "--home", "faulty:" + home, "--keep-epochs", keep};
        Object[] all = Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return Rela.run(all);
    }

    @Test
    void tablesOfOldEpochsAreListedAndGo() throws IOException {
        Files.createDirectories(home.resolve(".rela/outputs-epoch=0/waves"));
        Files.createDirectories(home.resolve(".rela/outputs-epoch=2/waves"));

        done(prune(1, "--dry-run"), "losses/epoch=0", "subsets/epoch=1", "4 tables of", "would go");
        assertThat(home.resolve("losses/epoch=0")).exists();

        done(prune(1), "losses/epoch=0", "subsets/epoch=1", "4 tables of", "went");
        for (String table : new String[] {"losses", "subsets"}) {
            assertThat(home.resolve(table).toFile().list()).containsExactly("epoch=2");
        }
        assertThat(home.resolve(".rela").toFile().list()).containsExactly("outputs-epoch=2");
        done(Rela.run("inspect", "--home", home));
        done(prune(1), "nothing to do");
        done(Rela.run("select", "--home", home, "--epoch", 3, "--policy", "hard", "--ratio", 0.1));

        done(prune(0), "3 tables of");
        assertThat(home.resolve("losses")).isEmptyDirectory();
    }
}
