package io.rela.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import io.rela.testing.FaultyFileSystem;
import io.rela.testing.LocalSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the sources make of storage that fails. */
class FaultyStorageTest {
    private static final int PICTURES = 40;

    private final Configuration conf = LocalSpark.session().sparkContext().hadoopConfiguration();
    private final Patience patience = new Patience(20, 0, 0);

    @TempDir
    Path root;

    @AfterEach
    void heal() {
        FaultyFileSystem.heal();
    }

    private record Input(ImageSource source, List<Sample> samples) {}

    private static boolean isData(org.apache.hadoop.fs.Path file) {
        return file.getName().matches(".*\\.(jpg|tar|parquet)");
    }

    private static String content(int i) {
        return ("bytes of " + i + " ").repeat(400);
    }

    private Path folder() throws IOException {
        Path folder = Files.createDirectories(root.resolve("folder/c"));
        for (int i = 0; i < PICTURES; i++) {
            Files.writeString(folder.resolve(name(i)), content(i));
        }
        return folder.getParent();
    }

    private Path tar() throws IOException {
        Path tar = root.resolve("shard.tar");
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
            for (int i = 0; i < PICTURES; i++) {
                byte[] bytes = content(i).getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry("c/" + name(i));
                entry.setSize(bytes.length);
                out.putArchiveEntry(entry);
                out.write(bytes);
                out.closeArchiveEntry();
            }
        }
        return tar;
    }

    private Path parquet() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < PICTURES; i++) {
            rows.add(RowFactory.create((Object) content(i).getBytes(StandardCharsets.UTF_8)));
        }
        Path folder = root.resolve("parquet");
        LocalSpark.session()
                .createDataFrame(rows, new StructType().add("image", DataTypes.BinaryType))
                .coalesce(1)
                .write()
                .parquet(folder.toString());
        return folder;
    }

    private static String name(int i) {
        return String.format("%03d.jpg", i);
    }

    private List<Path> inputs() throws IOException {
        return List.of(folder(), tar(), parquet());
    }

    private Input listed(Path input) {
        FaultyFileSystem.heal();
        return list(input);
    }

    private Input list(Path input) {
        ImageSource source = ImageSource.open("faulty:" + input, InputFormat.AUTO, ParquetColumns.defaults(), conf);
        try (Listing listing = source.list(LocalSpark.session(), 2, Links.INSIDE)) {
            return new Input(source, listing.samples().collect());
        }
    }

    private void readAll(Input input) throws IOException {
        try (SampleReader reader = input.source().reader()) {
            for (Sample sample : input.samples()) {
                assertThat(new String(patience.read(() -> reader.read(sample), millis -> true), StandardCharsets.UTF_8))
                        .isEqualTo(content((int) sample.index()));
            }
        }
    }

    @Test
    void halfOfAllOpensMayFailAndEveryPictureIsReadAsItIs() throws IOException {
        for (Path path : inputs()) {
            FaultyFileSystem.fail(FaultyFileSystem.halfOfOpens(7, FaultyStorageTest::isData));
            readAll(list(path));
        }
        assertThat(FaultyFileSystem.opens(
                        new org.apache.hadoop.fs.Path(parquetFile(root).toString())))
                .isGreaterThan(1);
    }

    @Test
    void aStreamThatBreaksIsOpenedAnew() throws IOException {
        for (Path path : inputs()) {
            Input input = listed(path);
            for (boolean silently : new boolean[] {false, true}) {
                FaultyFileSystem.fail(FaultyFileSystem.everyOtherStreamBreaks(silently, FaultyStorageTest::isData));
                readAll(input);
            }
        }
    }

    @Test
    void aStreamThatBrokeInThePastIsNotUsedAgain() throws IOException {
        Input input = listed(tar());
        FaultyFileSystem.fail(FaultyFileSystem.everyOtherStreamBreaks(false, FaultyStorageTest::isData));
        try (SampleReader reader = input.source().reader()) {
            assertThatThrownBy(() -> reader.read(input.samples().get(0)))
                    .hasMessageContaining("c/000.jpg in faulty:")
                    .hasMessageContaining("shard.tar cannot be read: Connection reset");
            for (Sample sample : input.samples()) {
                assertThat(reader.read(sample)).hasSize((int) sample.length());
            }
        }
        assertThat(FaultyFileSystem.opens(
                        new org.apache.hadoop.fs.Path(root.resolve("shard.tar").toString())))
                .isEqualTo(2);
    }

    @Test
    void whatStorageSaysIsToldByItsKindWithThePicturesName() throws IOException {
        for (Path path : inputs()) {
            Input input = listed(path);
            Sample first = input.samples().get(0);
            String name = first.offset() == null ? first.uri() : first.id() + " in " + first.uri();
            FaultyFileSystem.fail(FaultyFileSystem.everyOpen(FaultyStorageTest::isData));
            refused(input, StorageException.Kind.UNAVAILABLE, name, "reduce your request rate");
            FaultyFileSystem.fail(FaultyFileSystem.denied(FaultyStorageTest::isData));
            refused(input, StorageException.Kind.DENIED, name, "Permission denied: user=nobody");
            FaultyFileSystem.fail(FaultyFileSystem.gone(FaultyStorageTest::isData));
            refused(input, StorageException.Kind.GONE, name, "No such file");
        }
    }

    private static void refused(Input input, StorageException.Kind kind, String name, String words) throws IOException {
        try (SampleReader reader = input.source().reader()) {
            assertThatThrownBy(() -> reader.read(input.samples().get(0)))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                    .hasMessageStartingWith(name)
                    .hasMessageContaining(words)
                    .hasMessageNotContaining("\n")
                    .hasNoCause();
        }
    }

    @Test
    void aFileThatIsNotFoundForOnceIsNotGone() throws IOException {
        Input input = listed(folder());
        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void open(org.apache.hadoop.fs.Path file, int time) throws IOException {
                if (time == 1) {
                    throw new java.io.FileNotFoundException(file + " (Too many open files)");
                }
            }
        });
        refused(input, StorageException.Kind.UNAVAILABLE, input.samples().get(0).uri(), "Too many open files");
        readAll(input);
    }

    @Test
    void filesThatAreShorterThanWhenListedAreAnInputThatChanged() throws IOException {
        for (Path path : inputs()) {
            Input input = listed(path);
            Path file = Files.isDirectory(path.resolve("c"))
                    ? path.resolve("c").resolve(name(PICTURES - 1))
                    : Files.isDirectory(path) ? parquetFile(root) : path;
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 3));
            Sample last = input.samples().get(PICTURES - 1);
            try (SampleReader reader = input.source().reader()) {
                assertThatThrownBy(() -> reader.read(last))
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining(file.toString());
            }
        }
    }

    @Test
    void listingIsTriedAgainAndAFolderThatMayNotBeListedIsNamed() throws IOException {
        Path folder = folder();
        List<String> asked = new ArrayList<>();
        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void list(org.apache.hadoop.fs.Path path) throws IOException {
                synchronized (asked) {
                    asked.add(path.getName());
                    if (asked.stream().filter(path.getName()::equals).count() < 4) {
                        throw new IOException("busy");
                    }
                }
            }
        });
        assertThat(list(folder).samples()).hasSize(PICTURES);
        assertThat(asked).contains("folder", "c");

        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void list(org.apache.hadoop.fs.Path path) throws IOException {
                if (path.getName().equals("c")) {
                    throw new AccessControlException("Permission denied");
                }
            }
        });
        assertThatThrownBy(() -> list(folder))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("The input 'faulty:" + folder + "' cannot be listed")
                .hasMessageContaining("folder/c may not be read: Permission denied");
    }

    @Test
    void pipesAreNoSamples() throws Exception {
        Path folder = folder();
        pipe(folder.resolve("c/pipe.jpg"));
        Files.createSymbolicLink(folder.resolve("c/link.jpg"), folder.resolve("c/pipe.jpg"));
        Listed listed = Listed.of(folder);
        assertThat(listed.samples()).hasSize(PICTURES);
        assertThat(listed.warnings()).containsExactly("Pipes, sockets and devices, left out: 2");

        for (Path whole : List.of(tar(), parquetFile(parquet()))) {
            Path set = Files.createDirectory(root.resolve("set-" + whole.getFileName()));
            Files.copy(whole, set.resolve(whole.getFileName()));
            String suffix = whole.toString().replaceFirst(".*\\.", ".");
            Path pipe = pipe(set.resolve("a" + suffix));
            assertThat(Listed.of(set).samples()).hasSize(PICTURES);
            assertThat(Listed.of(set).warnings()).containsExactly("Pipes, sockets and devices, left out: 1");
            Listed.failure(pipe, InputFormat.AUTO).hasMessageContaining("is a pipe, a socket or a device");
        }
    }

    private static Path pipe(Path path) throws IOException, InterruptedException {
        Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).start();
        assertThat(mkfifo.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(mkfifo.exitValue()).isZero();
        return path;
    }

    private static Path parquetFile(Path below) throws IOException {
        try (var files = Files.walk(below)) {
            return files.filter(file -> file.toString().endsWith(".parquet") && Files.isRegularFile(file))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
