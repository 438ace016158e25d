package io.rela.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final TypeReference<Note> NOTE = new TypeReference<>() {};

    /** What the tests write. */
    record Note(String whoWrote, List<Long> numbers) {}

    /** What cannot be written. */
    static final class Unwritable {
        @SuppressWarnings("DoNotCallSuggester") // Jackson calls it
        public String getValue() {
            throw new IllegalStateException("no value");
        }
    }

    @TempDir
    Path folder;

    @Test
    void keysAreSnakeCaseAndWhatIsNewIsPassedOver() throws IOException {
        Json.replace(local(), file(), new Note("ä", List.of(1L, Long.MAX_VALUE)));
        assertThat(Files.readString(folder.resolve("note.json")))
                .contains("\"who_wrote\" : \"ä\"")
                .contains("\n");
        assertThat(Json.read(local(), file(), NOTE)).isEqualTo(new Note("ä", List.of(1L, Long.MAX_VALUE)));
        Files.writeString(folder.resolve("note.json"), "{\"who_wrote\":\"b\",\"numbers\":[],\"colour\":\"red\"}");
        assertThat(Json.read(local(), file(), NOTE)).isEqualTo(new Note("b", List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"who_wrote\": \"a\", \"numbers\": [1, 2",
                "[1]",
                "\u0000\u0001",
                "{\"numbers\": \"x\"}"
            })
    void aDamagedFileIsNamed(String content) throws IOException {
        Files.writeString(folder.resolve("note.json"), content);
        assertThatThrownBy(() -> Json.read(local(), file(), NOTE))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("note.json is damaged")
                .hasMessageContaining("Restore it")
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.HOME);
    }

    @Test
    void aFileThatIsNotThereIsToldFromOneThatCannotBeOpened() throws IOException {
        assertThatThrownBy(() -> Json.read(local(), file(), NOTE)).isInstanceOf(FileNotFoundException.class);
        // Java says of it that it is not found, as of a file when too many are open.
        Files.createDirectory(folder.resolve("note.json"));
        assertThatThrownBy(() -> Json.read(local(), file(), NOTE))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(FileNotFoundException.class)
                .hasMessageContaining("note.json cannot be opened");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void replacingLeavesNothingElse(boolean raw) throws IOException {
        FileSystem fs = raw ? local() : FileSystem.getLocal(new Configuration());
        Json.replace(fs, file(), new Note("a", List.of()));
        Json.replace(fs, file(), new Note("b", List.of()));
        assertThat(Json.read(fs, file(), NOTE).whoWrote()).isEqualTo("b");
        try (var files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString()).filter(name -> !name.endsWith(".crc")))
                    .containsExactly("note.json");
        }
    }

    @Test
    void aReaderSeesTheOldTextOrTheNewOne() throws Exception {
        Note small = new Note("small", List.of());
        Note large = new Note("large", LongStream.range(0, 20_000).boxed().toList());
        Json.replace(local(), file(), small);
        AtomicBoolean written = new AtomicBoolean();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> reads = threads.submit(() -> {
                int count = 0;
                while (!written.get()) {
                    assertThat(Json.read(local(), file(), NOTE)).isIn(small, large);
                    count++;
                }
                return count;
            });
            for (int i = 0; i < 100; i++) {
                Json.replace(local(), file(), i % 2 == 0 ? large : small);
            }
            written.set(true);
            assertThat(reads.get()).isPositive();
        } finally {
            written.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void anObjectStoreIsWrittenInPlaceAndNeverRenames() throws IOException {
        ObjectStore store = store();
        Json.replace(store, key(), new Note("a", List.of(1L)));
        Json.replace(store, key(), new Note("b", List.of(2L)));
        assertThat(Json.read(store, key(), NOTE)).isEqualTo(new Note("b", List.of(2L)));
        assertThat(store.keys()).containsExactly("/home/note.json");
    }

    @Test
    void untilTheNewObjectIsCompleteTheOldOneIsThere() throws IOException {
        ObjectStore store = store();
        Json.replace(store, key(), new Note("a", List.of(1L)));
        store.beforeComplete(() -> assertThat(read(store).whoWrote()).isEqualTo("a"));
        Json.replace(store, key(), new Note("b", List.of(2L)));
        assertThat(read(store).whoWrote()).isEqualTo("b");

        store.beforeComplete(() -> {
            throw new UncheckedIOException(new IOException("503"));
        });
        assertThatThrownBy(() -> Json.replace(store, key(), new Note("c", List.of())))
                .hasMessageContaining("503");
        assertThat(read(store).whoWrote()).isEqualTo("b");
    }

    @Test
    void aValueThatCannotBeWrittenReplacesNothing() throws IOException {
        ObjectStore store = store();
        Json.replace(store, key(), new Note("a", List.of()));
        Json.replace(local(), file(), new Note("a", List.of()));
        assertThatThrownBy(() -> Json.replace(store, key(), new Unwritable()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.replace(local(), file(), new Unwritable()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(read(store).whoWrote()).isEqualTo("a");
        assertThat(Json.read(local(), file(), NOTE).whoWrote()).isEqualTo("a");
    }

    @Test
    void aDamagedObjectIsNamedToo() throws IOException {
        ObjectStore store = store();
        try (var out = store.create(key(), true)) {
            out.write("{\"who_wrote".getBytes(StandardCharsets.UTF_8));
        }
        assertThatThrownBy(() -> Json.read(store, key(), NOTE))
                .isInstanceOf(RelaException.class)
                .hasMessageContaining("store://bucket/home/note.json is damaged");
        assertThatThrownBy(() -> Json.read(store, new org.apache.hadoop.fs.Path("store://bucket/none"), NOTE))
                .isInstanceOf(FileNotFoundException.class);
        try (InputStream in = store.open(key())) {
            assertThat(in.readAllBytes()).isNotEmpty();
        }
    }

    @Test
    void anObjectThatIsReplacedWhileItIsReadIsReadAgain() throws IOException {
        ObjectStore store = store();
        Json.replace(store, key(), new Note("a", List.of(1L)));
        byte[] half = "{\"who_wrote".getBytes(StandardCharsets.UTF_8);
        byte[] refused = {};
        store.show(half, refused);
        assertThat(read(store).whoWrote()).isEqualTo("a");
        store.show(half, half, half);
        assertThatThrownBy(() -> Json.read(store, key(), NOTE)).hasMessageContaining("is damaged");
        store.show(refused, refused, refused);
        assertThatThrownBy(() -> Json.read(store, key(), NOTE)).isInstanceOf(IOException.class);
    }

    private static Note read(ObjectStore store) {
        try {
            return Json.read(store, key(), NOTE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectStore store() {
        ObjectStore store = new ObjectStore();
        store.setConf(new Configuration());
        return store;
    }

    private static org.apache.hadoop.fs.Path key() {
        return new org.apache.hadoop.fs.Path("store://bucket/home/note.json");
    }

    private org.apache.hadoop.fs.Path file() {
        return new org.apache.hadoop.fs.Path("file:" + folder.resolve("note.json"));
    }

    private static FileSystem local() throws IOException {
        return FileSystem.getLocal(new Configuration()).getRaw();
    }
}
