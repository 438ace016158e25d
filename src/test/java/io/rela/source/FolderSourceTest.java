package io.rela.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSourceTest {
    private static final String UTF16_LAST = "\uFFFC";
    private static final String ASTRAL = "\uD800\uDC00";

    @TempDir
    Path root;

    @Test
    void orderIsByCodePointAndNotByUtf16Unit() throws IOException {
        Listed.files(
                root, ASTRAL + "/a.jpg", UTF16_LAST + "/" + ASTRAL + ".jpg", UTF16_LAST + "/" + UTF16_LAST + ".jpg");

        Listed listed = Listed.of(root);

        assertThat(listed.ids())
                .containsExactly(
                        UTF16_LAST + "/" + UTF16_LAST + ".jpg", UTF16_LAST + "/" + ASTRAL + ".jpg", ASTRAL + "/a.jpg");
        assertThat(listed.labels()).containsExactly(0, 0, 1);
        assertThat(listed.classNames()).containsExactly(UTF16_LAST, ASTRAL);
    }

    @Test
    void nestedFoldersCountInTorchvisionsOrder() throws IOException {
        // sorted(os.walk(class)) orders folders as strings: "c/b" < "c/b!" < "c/b/a"
        Listed.files(root, "c/b/a/1.jpg", "c/b!/0.jpg", "c/z.jpg", "c/b/2.jpg", "c/b/10.jpg", "d/x.jpg");

        Listed listed = Listed.of(root);

        assertThat(listed.ids())
                .containsExactly("c/z.jpg", "c/b/10.jpg", "c/b/2.jpg", "c/b!/0.jpg", "c/b/a/1.jpg", "d/x.jpg");
        assertThat(listed.labelNames()).containsExactly("c", "c", "c", "c", "c", "d");
        assertThat(listed.indices()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void hiddenAndOtherFilesAreNoSamplesAndEmptyFilesAre() throws IOException {
        Listed.files(
                root, "a/.hidden.jpg", "a/.cache/x.jpg", "a/notes.txt", "a/B.JPG", "a/c.jpg", ".git/x.jpg", "_b/d.png");
        Files.write(root.resolve("a/empty.jpg"), new byte[0]);

        Listed listed = Listed.of(root);

        assertThat(listed.ids()).containsExactly("_b/d.png", "a/B.JPG", "a/c.jpg", "a/empty.jpg");
        assertThat(listed.samples().get(3).length()).isZero();
        assertThat(listed.contents().get(3)).isEmpty();
        assertThat(listed.warnings()).isEmpty();
    }

    @Test
    void aFolderWithoutClassFoldersIsUnlabeled() throws IOException {
        Listed.files(root, "b.jpg", "a.png", "notes.txt", ".thumbs/a.png");

        Listed listed = Listed.of(root);

        assertThat(listed.ids()).containsExactly("a.png", "b.jpg");
        assertThat(listed.labels()).containsOnlyNulls();
        assertThat(listed.labelNames()).containsOnlyNulls();
        assertThat(listed.classNames()).isEmpty();
    }

    @Test
    void filesBesideClassesAndClassesWithoutPicturesAreWarnings() throws IOException {
        Listed.files(root, "a/1.jpg", "b/readme.txt", "c/2.jpg", "README.md", "stray.jpg");
        Files.createDirectory(root.resolve("d"));

        Listed listed = Listed.of(root);

        assertThat(listed.ids()).containsExactly("a/1.jpg", "c/2.jpg");
        assertThat(listed.labels()).containsExactly(0, 2);
        assertThat(listed.classNames()).containsExactly("a", "b", "c", "d");
        assertThat(listed.warnings())
                .containsExactly(
                        "Beside the class folders, in no class and left out: 2 files, 1 with an image suffix",
                        "Class folders without pictures, which keep their place among the labels: b, d");
    }

    @Test
    void oddNamesSurviveTheWayToTheReader() throws IOException {
        Listed.files(
                root,
                "a b/c d.jpg",
                "a%20b/100%.jpg",
                "x#y/z?#1.jpg",
                "k:v/t:1.jpg",
                "ü/日本.jpg",
                "s/new\nline.jpg",
                "s/+&;=\\.jpg",
                "s/\u001b[31m\t\r\u007f.jpg",
                "s/" + "x".repeat(251) + ".jpg",
                "e/" + "\uD83D\uDE00" + ".jpg");

        Listed listed = Listed.of(root);

        assertThat(listed.ids()).hasSize(10);
        assertThat(listed.contents())
                .containsExactlyElementsOf(
                        listed.ids().stream().map(id -> "bytes of " + id).toList());
    }

    @Test
    void namesThatAreNoTextAreSaidSo() throws Exception {
        Listed.files(root, "a/1.jpg");
        String make = "printf x > \"$1\"/$(printf 'caf\\351\\033.jpg')";
        Process bash =
                new ProcessBuilder("bash", "-c", make, "bash", root.resolve("a").toString()).start();
        assertThat(bash.waitFor()).isZero();

        Listed.failure(root, InputFormat.FOLDER)
                .hasMessageContaining("Names in 'file:" + root + "/a' cannot be spelled")
                .hasMessageContaining("rename caf\uFFFD\\x1b.jpg");
    }

    @Test
    void oddNamesOfTheInputItselfSurvive() throws IOException {
        Path odd = root.resolve("in put%20#1");
        Listed.files(odd, "a/b.jpg");

        assertThat(Listed.of(odd).contents()).containsExactly("bytes of a/b.jpg");
    }

    @Test
    void listingIgnoresTheNumberOfTasks() throws IOException {
        for (int i = 0; i < 60; i++) {
            Listed.files(root, "class" + i % 11 + "/" + (i * 37 % 100) + ".jpg");
        }
        Listed one = Listed.of(root, InputFormat.AUTO, ParquetColumns.defaults(), 1);

        assertThat(Listed.of(root, InputFormat.AUTO, ParquetColumns.defaults(), 2)
                        .samples())
                .isEqualTo(one.samples());
        assertThat(Listed.of(root, InputFormat.AUTO, ParquetColumns.defaults(), 7)
                        .samples())
                .isEqualTo(one.samples());
        assertThat(one.indices()).isEqualTo(LongStream.range(0, 60).boxed().toList());
    }

    @Test
    void linksInsideOfTheInputAreFollowedAndDeadOnesAreAWarning() throws IOException {
        Path input = root.resolve("input");
        Listed.files(input, "a/1.jpg", "real/2.jpg");
        Files.createSymbolicLink(input.resolve("b"), Path.of("real"));
        Files.createSymbolicLink(input.resolve("a/3.jpg"), input.resolve("real/2.jpg"));
        Files.createSymbolicLink(input.resolve("a/dead.jpg"), Path.of("nowhere.jpg"));
        Files.createSymbolicLink(input.resolve("a/itself.jpg"), Path.of("itself.jpg"));
        Files.createSymbolicLink(input.resolve("gone"), Path.of("nowhere"));
        Path link = Files.createSymbolicLink(root.resolve("link"), input);

        for (Path path : List.of(input, link)) {
            Listed listed = Listed.of(path);

            assertThat(listed.ids()).containsExactly("a/1.jpg", "a/3.jpg", "b/2.jpg", "real/2.jpg");
            assertThat(listed.contents().get(1)).isEqualTo("bytes of real/2.jpg");
            assertThat(listed.warnings()).containsExactly("Names that lead to no file (dead links?), left out: 3");
        }
    }

    @Test
    void linksOutOfTheInputAreRefusedOrFollowed() throws IOException {
        Path input = root.resolve("input");
        Path beside = root.resolve("input-beside");
        Listed.files(input, "a/1.jpg", "b/2.jpg");
        Listed.files(beside, "secret.jpg", "deep/x.jpg");
        Files.createSymbolicLink(input.resolve("b/secret.jpg"), beside.resolve("secret.jpg"));
        Files.createSymbolicLink(input.resolve("b/notes.txt"), beside.resolve("secret.jpg"));

        refused(input, input.resolve("b/secret.jpg"), beside.resolve("secret.jpg"));

        Files.createSymbolicLink(input.resolve("a/over.jpg"), input.resolve("b/secret.jpg"));
        Files.createSymbolicLink(input.resolve("a/up"), Path.of("../../input-beside"));
        refused(input, input.resolve("a/over.jpg"), beside.resolve("secret.jpg"))
                .hasMessageContaining("so do others, 3 in all");

        Files.createSymbolicLink(input.resolve("c"), beside.resolve("deep"));
        refused(input, input.resolve("c"), beside.resolve("deep"));

        Listed followed = Listed.of(input, InputFormat.AUTO, ParquetColumns.defaults(), 2, Links.FOLLOW);
        assertThat(followed.ids())
                .containsExactly(
                        "a/1.jpg",
                        "a/over.jpg",
                        "a/up/secret.jpg",
                        "a/up/deep/x.jpg",
                        "b/2.jpg",
                        "b/secret.jpg",
                        "c/x.jpg");
    }

    @Test
    void aFlatFolderRefusesThemToo() throws IOException {
        Path input = root.resolve("input");
        Listed.files(input, "1.jpg");
        Listed.files(root, "secret.jpg");
        Files.createSymbolicLink(input.resolve("2.jpg"), root.resolve("secret.jpg"));

        refused(input, input.resolve("2.jpg"), root.resolve("secret.jpg"));
    }

    private static AbstractThrowableAssert<?, ?> refused(Path input, Path link, Path target) throws IOException {
        return assertThatThrownBy(() -> Listed.of(input))
                .isInstanceOfSatisfying(
                        RelaException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SETTINGS))
                .hasMessageContaining("The link 'file:" + link + "' leads to '" + target.toRealPath() + "'")
                .hasMessageContaining("--follow-links");
    }

    @Test
    void aLoopOfLinksIsAnError() throws IOException {
        Listed.files(root, "a/1.jpg");
        Files.createSymbolicLink(root.resolve("a/up"), root);
        Files.createSymbolicLink(root.resolve("a/again"), root.resolve("a"));

        Listed.failure(root, InputFormat.FOLDER)
                .hasMessageContaining("more than 32 deep")
                .hasMessageContaining("remove the link");
    }

    @Test
    void filesThatChangeAfterListingAreAnInputThatChangedAndOneThatIsGoneIsSaidSo() throws IOException {
        Listed.files(root, "a/long.jpg", "a/short.jpg", "a/gone.jpg");
        Listed listed = Listed.of(root);
        Files.writeString(root.resolve("a/long.jpg"), "bytes of a/long.jpg and more");
        Files.writeString(root.resolve("a/short.jpg"), "x");
        Files.delete(root.resolve("a/gone.jpg"));

        try (SampleReader reader = listed.source().reader()) {
            Sample gone = listed.samples().get(0);
            assertThatThrownBy(() -> reader.read(gone))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.GONE))
                    .hasMessageContaining("a/gone.jpg is gone");
            List<String> expected = List.of("has more now", "has 1 now");
            for (int i = 0; i < 2; i++) {
                Sample changed = listed.samples().get(i + 1);
                assertThatThrownBy(() -> reader.read(changed))
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining(expected.get(i))
                        .hasMessageContaining("the input has changed")
                        .hasMessageContaining(changed.id());
            }
        }
    }

    @Test
    void anInputIsFoundWithAndWithoutAScheme() throws IOException {
        Listed.files(root, "a/1.jpg");

        assertThat(ImageSource.open(
                                "file://" + root,
                                InputFormat.AUTO,
                                ParquetColumns.defaults(),
                                new org.apache.hadoop.conf.Configuration())
                        .uri())
                .isEqualTo(Listed.of(root).source().uri());
    }

    @Test
    void inputsWithoutPicturesSayWhatTheyHold() throws IOException {
        Path empty = Files.createDirectory(root.resolve("empty"));
        Path texts = root.resolve("texts");
        Listed.files(texts, "a/1.txt", "a/2.txt", "b/3.md", "top.jpg");
        Path flat = root.resolve("flat");
        Listed.files(flat, "1.txt");
        Path file = root.resolve("flat/1.txt");

        Listed.failure(root.resolve("missing"), InputFormat.AUTO).hasMessageContaining("There is no input");
        Listed.failure(empty, InputFormat.AUTO).hasMessageContaining("is an empty folder");
        Listed.failure(texts, InputFormat.AUTO)
                .hasMessageContaining("holds 3 files below its class folders, none with an image suffix (.jpg ")
                .hasMessageContaining("; 1 picture beside the class folders would be in no class");
        Listed.failure(flat, InputFormat.AUTO).hasMessageContaining("holds 1 file, none with an image suffix");
        Listed.failure(file, InputFormat.FOLDER).hasMessageContaining("is a file, not a folder of pictures");
        Listed.failure(file, InputFormat.AUTO).hasMessageContaining("neither .tar nor .parquet");
    }

    @Test
    void whatIsNoPathIsSaidSo() {
        for (String uri : List.of("", "nosuchscheme://host/x")) {
            assertThatThrownBy(() -> ImageSource.open(
                            uri,
                            InputFormat.AUTO,
                            ParquetColumns.defaults(),
                            new org.apache.hadoop.conf.Configuration()))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("The input '" + uri + "'");
        }
    }

    @Test
    void severalThreadsReadAtOnce() throws IOException {
        for (int i = 0; i < 200; i++) {
            Listed.files(root, "a/" + i + ".jpg");
        }
        Listed listed = Listed.of(root);
        List<Sample> shuffled = new java.util.ArrayList<>(listed.samples());
        Collections.shuffle(shuffled, new java.util.Random(1));

        try (SampleReader reader = listed.source().reader()) {
            assertThat(shuffled.parallelStream().map(sample -> sample.id() + read(reader, sample)))
                    .allMatch(text -> text.matches("(.*)bytes of \\1"));
        }
    }

    private static String read(SampleReader reader, Sample sample) {
        try {
            return new String(reader.read(sample), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
