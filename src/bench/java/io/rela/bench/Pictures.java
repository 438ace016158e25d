package io.rela.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Pictures of a folder or a plain tar file, in memory; read without the program that is measured. */
final class Pictures {
    private static final List<String> SUFFIXES = List.of(".jpg", ".jpeg", ".png", ".webp", ".bmp", ".ppm", ".gif");
    private static final int TAR_BLOCK = 512;

    private Pictures() {}

    record Picture(String name, byte[] bytes) {}

    /** At most {@code most} pictures, spread evenly over all. */
    static List<Picture> read(Path input, int most) throws IOException {
        List<Picture> all = Files.isDirectory(input) ? folder(input, most) : tar(input);
        return spread(all, most);
    }

    /** {@code count} of the items, evenly, in order. */
    static <T> List<T> spread(List<T> all, int count) {
        if (all.size() <= count) {
            return all;
        }
        List<T> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(all.get((int) ((long) i * all.size() / count)));
        }
        return some;
    }

    /** Writes them as a folder of classes; the copy's number goes before a file's name. */
    static void write(List<Picture> pictures, int copy, Path folder) throws IOException {
        for (Picture picture : pictures) {
            Path file = folder.resolve(picture.name());
            Files.createDirectories(file.getParent());
            Files.write(file.resolveSibling(copy + "-" + file.getFileName()), picture.bytes());
        }
    }

    private static List<Picture> folder(Path root, int most) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.filter(file -> isPicture(file.toString()) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
        return spread(files, most).stream()
                .map(file -> {
                    try {
                        return new Picture(root.relativize(file).toString(), Files.readAllBytes(file));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static List<Picture> tar(Path file) throws IOException {
        List<Picture> pictures = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            byte[] head = new byte[TAR_BLOCK];
            while (in.readNBytes(head, 0, TAR_BLOCK) == TAR_BLOCK && head[0] != 0) {
                String name = text(head, 0, 100);
                String prefix = text(head, 257, 5).equals("ustar") ? text(head, 345, 155) : "";
                int length = Integer.parseInt(text(head, 124, 12).strip(), 8);
                byte[] bytes = in.readNBytes(length);
                in.skipNBytes(Math.floorMod(-length, TAR_BLOCK));
                if ((head[156] == '0' || head[156] == 0) && isPicture(name)) {
                    pictures.add(new Picture(prefix.isEmpty() ? name : prefix + "/" + name, bytes));
                }
            }
        }
        return pictures;
    }

    private static String text(byte[] head, int from, int most) {
        int end = from;
        while (end < from + most && head[end] != 0) {
            end++;
        }
        return new String(head, from, end - from, StandardCharsets.UTF_8);
    }

    private static boolean isPicture(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return SUFFIXES.stream().anyMatch(lower::endsWith);
    }
}
