package io.rela.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarSourceTest {
    @TempDir
    Path root;

    @Test
    void aTarOfAFolderEqualsTheFolder() throws IOException {
        Path folder = root.resolve("folder");
        Listed.files(
                folder,
                "a/b/2.jpg",
                "a/b!/1.jpg",
                "a/10.jpg",
                "a/9.PNG",
                "a!/x.jpg",
                "\uFFFC/y.jpg",
                "\uD800\uDC00/z.jpg",
                "empty/notes.txt",
                "w ü%20#/q.v1.jpg",
                "a/.hidden.jpg",
                "a/.cache/h.jpg",
                ".git/g.jpg");
        Files.createDirectory(folder.resolve("void"));
        Files.write(folder.resolve("a/zero.jpg"), new byte[0]);
        Path tar = root.resolve("folder.tar");
        pack(folder, tar);

        Listed expected = Listed.of(folder);
        Listed listed = Listed.of(tar);

        assertThat(listed.ids()).isEqualTo(expected.ids());
        assertThat(listed.indices()).isEqualTo(expected.indices());
        assertThat(listed.labels()).isEqualTo(expected.labels());
        assertThat(listed.labelNames()).isEqualTo(expected.labelNames());
        assertThat(listed.classNames()).isEqualTo(expected.classNames());
        assertThat(listed.contents()).isEqualTo(expected.contents());
        assertThat(listed.samples()).allMatch(sample -> sample.offset() % 512 == 0);
    }

    @Test
    void aShardThatLiesOutsideIsRefusedAndTheInputItselfMayBeALink() throws IOException {
        Path shards = Files.createDirectory(root.resolve("shards"));
        write(root.resolve("outside.tar"), "a/1.jpg");
        Path link = Files.createSymbolicLink(shards.resolve("s.tar"), root.resolve("outside.tar"));

        assertThatThrownBy(() -> Listed.of(shards))
                .isInstanceOfSatisfying(
                        RelaException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SETTINGS))
                .hasMessageContaining("The link 'file:" + link + "' leads to '"
                        + root.toRealPath().resolve("outside.tar") + "'")
                .hasMessageContaining("--follow-links");
        assertThat(Listed.of(shards, InputFormat.AUTO, ParquetColumns.defaults(), 1, Links.FOLLOW)
                        .ids())
                .containsExactly("a/1.jpg");
        assertThat(Listed.of(link).ids()).containsExactly("a/1.jpg");
    }

    @Test
    void classFoldersAreCountedOverAllShards() throws IOException {
        write(root.resolve("s2.tar"), "a/1.jpg", "c/2.jpg");
        write(root.resolve("s1.tar"), "b/3.jpg", "c/4.jpg");

        Listed listed = Listed.of(root);

        assertThat(listed.ids()).containsExactly("b/3.jpg", "c/4.jpg", "a/1.jpg", "c/2.jpg");
        assertThat(listed.labels()).containsExactly(1, 2, 0, 2);
        assertThat(listed.contents())
                .containsExactly("bytes of b/3.jpg", "bytes of c/4.jpg", "bytes of a/1.jpg", "bytes of c/2.jpg");
    }

    @Test
    void namesInSeveralShardsAreToldApartByTheShard() throws IOException {
        Files.createDirectory(root.resolve("part"));
        write(root.resolve("part/s0.tar"), "000.jpg", "001.jpg");
        write(root.resolve("part/s1.tar"), "000.jpg", "002.jpg");

        Listed listed = Listed.of(root, InputFormat.TAR);

        assertThat(listed.ids())
                .containsExactly(
                        "part/s0.tar/000.jpg", "part/s0.tar/001.jpg", "part/s1.tar/000.jpg", "part/s1.tar/002.jpg");
        assertThat(listed.warnings())
                .containsExactly("Member names occur in more than one shard, such as '000.jpg': ids are SHARD/MEMBER");
    }

    @Test
    void longNamesOfBothKindsAreWhole() throws IOException {
        String name = "class/" + "ü".repeat(60) + "x".repeat(140) + ".jpg";
        for (int mode : List.of(TarArchiveOutputStream.LONGFILE_POSIX, TarArchiveOutputStream.LONGFILE_GNU)) {
            Path tar = root.resolve("long" + mode + ".tar");
            try (TarArchiveOutputStream out = tar(tar)) {
                out.setLongFileMode(mode);
                add(out, name, "long " + mode);
                add(out, "./class/short.jpg", "short");
            }

            Listed listed = Listed.of(tar);

            assertThat(listed.ids()).containsExactly("class/short.jpg", name);
            assertThat(listed.contents()).containsExactly("short", "long " + mode);
            assertThat(listed.labels()).containsExactly(0, 0);
        }
    }

    @Test
    void clsAndJsonMembersGiveLabels() throws IOException {
        Path tar = root.resolve("web.tar");
        try (TarArchiveOutputStream out = tar(tar)) {
            add(out, "d/03.seg.png", "mask");
            add(out, "d/00.jpg", "p0");
            add(out, "d/00.cls", "7\n");
            add(out, "d/00.txt", "a caption");
            add(out, "d/01.json", "{\"label\": 4, \"cls\": 5}");
            add(out, "d/01.jpg", "p1");
            add(out, "d/02.json", "{\"label\": \"cat\", \"cls\": 5}");
            add(out, "d/02.jpg", "p2");
            add(out, "d/03.jpg", "p3");
            add(out, "d/03.cls", "9");
            add(out, "d/04.jpg", "p4");
            add(out, "d/04.json", "{oops");
            add(out, "d/._00.jpg", "of a Mac");
        }

        Listed listed = Listed.of(tar);

        assertThat(listed.ids()).containsExactly("d/00.jpg", "d/01.jpg", "d/02.jpg", "d/03.jpg", "d/04.jpg");
        assertThat(listed.labels()).containsExactly(7, 4, 5, 9, null);
        assertThat(listed.labelNames()).containsOnlyNulls();
        assertThat(listed.contents()).containsExactly("p0", "p1", "p2", "p3", "p4");
        assertThat(listed.warnings())
                .hasSize(3)
                .anyMatch(warning -> warning.endsWith(": 1, such as 'd/03.seg.png'"))
                .anyMatch(warning -> warning.endsWith("are not JSON and give no label: 1"))
                .anyMatch(warning -> warning.endsWith("which stay without one: 1 of 5"));
    }

    @Test
    void picturesInNoFolderAreUnlabeled() throws IOException {
        write(root.resolve("a.tar"), "2.jpg", "1.jpg");
        write(root.resolve("mixed.tar"), "2.jpg", "a/1.jpg");

        Listed flat = Listed.of(root.resolve("a.tar"));
        Listed mixed = Listed.of(root.resolve("mixed.tar"));

        assertThat(flat.ids()).containsExactly("1.jpg", "2.jpg");
        assertThat(flat.labels()).containsOnlyNulls();
        assertThat(flat.warnings()).isEmpty();
        assertThat(mixed.labels()).containsOnlyNulls();
        assertThat(mixed.warnings()).singleElement().asString().endsWith("lie in none of them: 1 of 2");
    }

    @Test
    void theLastOfTwoMembersOfOneNameCounts() throws IOException {
        Path tar = root.resolve("twice.tar");
        try (TarArchiveOutputStream out = tar(tar)) {
            add(out, "a.jpg", "first");
            add(out, "a.jpg", "second");
        }

        Listed listed = Listed.of(tar);

        assertThat(listed.contents()).containsExactly("second");
        assertThat(listed.warnings()).singleElement().asString().startsWith("Members written more than once in");
    }

    @Test
    void picturesOfOneKeyAreOneSampleWhateverTheirOrder() throws IOException {
        List<String> names =
                List.of("k/a.cls", "k/a.png", "k/a.jpg", "k/a-b.jpg", "k/a.Depth.png", "k/ab.jpg", "a.jpg");
        for (int turn = 0; turn < names.size(); turn++) {
            List<String> turned = new ArrayList<>(names);
            Collections.rotate(turned, turn);
            Path tar = root.resolve("keys" + turn + ".tar");
            try (TarArchiveOutputStream out = tar(tar)) {
                for (String name : turned) {
                    add(out, name, name.endsWith(".cls") ? "7" : name);
                }
            }

            Listed listed = Listed.of(tar);

            assertThat(listed.ids()).containsExactly("a.jpg", "k/a-b.jpg", "k/a.jpg", "k/ab.jpg");
            assertThat(listed.contents()).isEqualTo(listed.ids());
            assertThat(listed.labels()).containsExactly(null, null, 7, null);
            assertThat(listed.warnings())
                    .contains(
                            "Pictures left out, since another one of the shard has the same key, which is the name up to"
                                    + " its first dot: 2, such as 'k/a.Depth.png'");
        }
    }

    @Test
    void namesThatAreNoUtf8AreRefused() throws IOException {
        Path tar = root.resolve("latin.tar");
        try (TarArchiveOutputStream out =
                new TarArchiveOutputStream(Files.newOutputStream(tar), StandardCharsets.ISO_8859_1.name())) {
            add(out, "caf\u00e9.jpg", "one");
            add(out, "caf\u00e8.jpg", "another");
        }

        write(root.resolve("fine.tar"), "caf?.jpg", "caf\u00e9?.jpg", "\uFFFD?.jpg");

        assertThat(Listed.of(root.resolve("fine.tar")).ids()).hasSize(3);
        Listed.failure(tar, InputFormat.TAR)
                .hasMessageContaining("has members whose names are no UTF-8, such as 'caf?.jpg'");
    }

    @Test
    void linksAreLeftOutWithAWarning() throws IOException {
        Path tar = root.resolve("links.tar");
        try (TarArchiveOutputStream out = tar(tar)) {
            add(out, "a.jpg", "a");
            for (byte kind : new byte[] {TarConstants.LF_LINK, TarConstants.LF_SYMLINK}) {
                TarArchiveEntry link = new TarArchiveEntry("link" + kind + ".jpg", kind);
                link.setLinkName("a.jpg");
                out.putArchiveEntry(link);
                out.closeArchiveEntry();
            }
        }

        Listed listed = Listed.of(tar);

        assertThat(listed.ids()).containsExactly("a.jpg");
        assertThat(listed.warnings()).containsExactly("Links and special members in the tar, left out: 2");
    }

    @Test
    void listingIgnoresTheNumberOfTasksAndTheOrderOfMembers() throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            names.add("class" + i % 5 + "/" + i + ".jpg");
        }
        for (int shard = 0; shard < 9; shard++) {
            String prefix = "shard" + shard + "-";
            write(
                    root.resolve(shard + ".tar"),
                    names.stream().map(n -> n.replace("/", "/" + prefix)).toArray(String[]::new));
        }
        Listed one = Listed.of(root, InputFormat.TAR, ParquetColumns.defaults(), 1);
        assertThat(Listed.of(root, InputFormat.TAR, ParquetColumns.defaults(), 2)
                        .samples())
                .isEqualTo(one.samples());
        assertThat(Listed.of(root, InputFormat.TAR, ParquetColumns.defaults(), 7)
                        .samples())
                .isEqualTo(one.samples());

        Path shuffled = root.resolve("other/0.tar");
        Files.createDirectory(shuffled.getParent());
        Collections.shuffle(names, new Random(5));
        write(shuffled, names.toArray(String[]::new));
        List<String> sorted = Listed.of(shuffled).ids();
        assertThat(sorted)
                .isSortedAccordingTo((a, b) -> PictureName.ORDER.compare(PictureName.of(a), PictureName.of(b)));
    }

    @Test
    void threadsReadShardsInAnyOrder() throws IOException {
        for (int shard = 0; shard < 9; shard++) {
            String prefix = "c/" + shard + "-";
            write(
                    root.resolve(shard + ".tar"),
                    Stream.of("0.jpg", "1.jpg", "2.jpg", "3.jpg")
                            .map(prefix::concat)
                            .toArray(String[]::new));
        }
        Listed listed = Listed.of(root);
        List<Sample> shuffled = new ArrayList<>(listed.samples());
        Collections.shuffle(shuffled, new Random(3));

        try (SampleReader reader = listed.source().reader()) {
            assertThat(shuffled.parallelStream().map(sample -> {
                        try {
                            return sample.id() + new String(reader.read(sample), StandardCharsets.UTF_8);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }))
                    .hasSize(36)
                    .allMatch(text -> text.matches("(.*)bytes of \\1"));
        }
    }

    @Test
    void listingReadsHeadersAndNoPictures() throws IOException {
        Path tar = root.resolve("big.tar");
        try (TarArchiveOutputStream out = tar(tar)) {
            for (int i = 0; i < 8; i++) {
                add(out, "a/" + i + ".jpg", "x".repeat(3 << 20));
            }
        }
        long before = localBytesRead();

        Listed listed = Listed.of(tar);
        long listing = localBytesRead() - before;
        listed.contents();

        assertThat(listed.samples()).hasSize(8);
        assertThat(listing).isBetween(8 * 512L, 1L << 20);
        assertThat(localBytesRead() - before).isGreaterThan(24L << 20);
    }

    @Test
    void damagedShardsAreNamed() throws IOException {
        Path whole = root.resolve("whole.tar");
        try (TarArchiveOutputStream out = tar(whole)) {
            add(out, "a/1.jpg", "x".repeat(3000));
            add(out, "a/2.jpg", "y".repeat(3000));
        }
        byte[] bytes = Files.readAllBytes(whole);
        Path set = Files.createDirectory(root.resolve("set"));
        Files.copy(whole, set.resolve("0.tar"));
        Map<String, byte[]> broken = Map.of(
                "in-a-picture", Arrays.copyOf(bytes, 512 + 3072 + 512 + 1000),
                "in-a-header", Arrays.copyOf(bytes, 512 + 3072 + 100),
                "garbage", "no tar at all, ".repeat(100).getBytes(StandardCharsets.UTF_8),
                "nothing", new byte[0]);
        for (Map.Entry<String, byte[]> entry : broken.entrySet()) {
            Path shard = set.resolve("1-" + entry.getKey() + ".tar");
            Files.write(shard, entry.getValue());
            Listed.failure(set, InputFormat.TAR)
                    .as(entry.getKey())
                    .hasMessageContaining(shard.getFileName().toString())
                    .hasMessageContaining("damaged or cut short");
            Files.delete(shard);
        }
    }

    @Test
    void aTarWithoutEndMarkIsAWarning() throws IOException {
        Path tar = root.resolve("a.tar");
        write(tar, "1.jpg");
        Files.write(tar, Arrays.copyOf(Files.readAllBytes(tar), 1024));

        Listed listed = Listed.of(tar);

        assertThat(listed.contents()).containsExactly("bytes of 1.jpg");
        assertThat(listed.warnings()).singleElement().asString().endsWith("has no end mark and may be cut short");
    }

    @Test
    void aCutBehindAnExtendedHeaderIsDamage() throws IOException {
        Path tar = root.resolve("a.tar");
        write(tar, "1.jpg", "x".repeat(150) + ".jpg");
        // header and data of 1.jpg, header and data of the extended header, and not the member that it is for
        Files.write(tar, Arrays.copyOf(Files.readAllBytes(tar), 4 * 512));

        Listed.failure(tar, InputFormat.AUTO).hasMessageContaining("damaged or cut short");
    }

    @Test
    @Tag("slow")
    void inputsThatCannotBeTakenSayWhy() throws IOException {
        Path zipped = root.resolve("zipped/a.tar.gz");
        Files.createDirectory(zipped.getParent());
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write(new byte[1024]);
        }
        Path disguised = root.resolve("disguised.tar");
        Files.copy(zipped, disguised);
        Path texts = root.resolve("texts.tar");
        write(texts, "a/1.txt", "a/2.txt");
        Path cls = root.resolve("cls.tar");
        try (TarArchiveOutputStream out = tar(cls)) {
            add(out, "a/1.jpg", "p");
            add(out, "a/1.cls", "cat");
        }

        for (Path input : List.of(zipped, zipped.getParent(), disguised)) {
            Listed.failure(input, InputFormat.AUTO).hasMessageContaining("re-pack without compression");
        }
        Listed.failure(zipped, InputFormat.TAR).hasMessageContaining("re-pack without compression");
        Listed.failure(texts, InputFormat.AUTO)
                .hasMessageContaining("holds 2 members in 1 shard, none with an image suffix");
        Listed.failure(cls, InputFormat.AUTO).hasMessageContaining("'a/1.cls'").hasMessageContaining("'cat'");
        Listed.failure(zipped.getParent().getParent(), InputFormat.AUTO)
                .hasMessageContaining("holds 3 tar files, 1 folder: say with --input-format");
        Path folder = root.resolve("folder");
        Listed.files(folder, "a/1.jpg");
        Listed.failure(folder, InputFormat.TAR).hasMessageContaining("holds no .tar file");
    }

    @SuppressWarnings("deprecation")
    private static long localBytesRead() {
        return FileSystem.getAllStatistics().stream()
                .filter(statistics -> statistics.getScheme().equals("file"))
                .mapToLong(FileSystem.Statistics::getBytesRead)
                .sum();
    }

    private static TarArchiveOutputStream tar(Path tar) throws IOException {
        TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar), "UTF-8");
        out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        out.setAddPaxHeadersForNonAsciiNames(true);
        return out;
    }

    private static void add(TarArchiveOutputStream out, String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        out.putArchiveEntry(entry);
        out.write(bytes);
        out.closeArchiveEntry();
    }

    private static void write(Path tar, String... names) throws IOException {
        try (TarArchiveOutputStream out = tar(tar)) {
            for (String name : names) {
                add(out, name, "bytes of " + name);
            }
        }
    }

    private static void pack(Path folder, Path tar) throws IOException {
        try (TarArchiveOutputStream out = tar(tar);
                Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Collections.reverseOrder()).toList()) {
                String name = "./" + folder.relativize(path);
                if (Files.isDirectory(path)) {
                    out.putArchiveEntry(new TarArchiveEntry(name + "/"));
                    out.closeArchiveEntry();
                } else {
                    add(out, name, Files.readString(path));
                }
            }
        }
    }
}
