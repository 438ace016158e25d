package io.rela.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private final Patience patience = new Patience(6, 200, 1_000);
    private final List<Long> pauses = new ArrayList<>();
    private int tries;

    @Test
    void pausesDoubleUpToALimit() {
        assertThatThrownBy(() -> patience.read(failing(new IOException("busy")), this::noted))
                .hasMessage("x.jpg cannot be read, tried 6 times: busy");
        assertThat(tries).isEqualTo(6);
        assertThat(pauses).containsExactly(200L, 400L, 800L, 1_000L, 1_000L);
    }

    @Test
    void theFirstReadThatWorksCounts() throws IOException {
        String read = patience.read(
                () -> {
                    tries++;
                    if (tries < 3) {
                        throw new IOException("busy");
                    }
                    return "bytes";
                },
                this::noted);
        assertThat(read).isEqualTo("bytes");
        assertThat(pauses).containsExactly(200L, 400L);
    }

    @Test
    void whatIsGoneOrForbiddenIsNotTriedAgain() {
        assertThatThrownBy(() -> patience.read(failing(new FileNotFoundException("x.jpg")), this::noted))
                .hasMessage("x.jpg is gone: x.jpg");
        assertThatThrownBy(
                        () -> patience.read(failing(new IOException(new AccessDeniedException("x.jpg"))), this::noted))
                .hasMessageStartingWith("x.jpg may not be read: ");
        assertThat(tries).isEqualTo(2);
        assertThat(pauses).isEmpty();
    }

    @Test
    void whoeverIsNotWaitedForAnyMoreGivesUp() {
        assertThatThrownBy(() -> patience.read(failing(new IOException("busy")), millis -> false))
                .hasMessage("x.jpg cannot be read: busy");
        assertThat(tries).isEqualTo(1);
    }

    @Test
    void anInterruptEndsTheTriesAndIsNotForgotten() {
        assertThatThrownBy(() -> patience.read(failing(new IOException("busy")), millis -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(StorageException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void hadoopsSettingsSayHowLong() {
        Configuration conf = new Configuration(false);
        assertThat(Patience.of(conf)).isEqualTo(new Patience(12, 200, 5_000));
        conf.set("rela.storage.tries", "3");
        conf.set("rela.storage.pause", "0");
        assertThat(Patience.of(conf)).isEqualTo(new Patience(3, 0, 5_000));
    }

    @Test
    void ofAStackTraceFromAServerTheFirstLineIsTold() {
        assertThat(StorageException.of("x.jpg", new IOException("no quorum\n\tat a.B.c(B.java:1)")))
                .hasMessage("x.jpg cannot be read: no quorum");
        assertThat(StorageException.of("x.jpg", new IOException())).hasMessage("x.jpg cannot be read: IOException");
        assertThat(StorageException.of("x.jpg", new AccessDeniedException("x.jpg")))
                .hasMessage("x.jpg may not be read: AccessDeniedException x.jpg");
    }

    private Patience.Read<Void> failing(IOException failure) {
        return () -> {
            tries++;
            throw StorageException.of("x.jpg", failure);
        };
    }

    private boolean noted(long millis) {
        pauses.add(millis);
        return true;
    }
}
