package io.rela.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The pictures of src/test/resources/image, which src/test/python/make_image_expectations.py made. */
final class Pictures {
    private Pictures() {}

    static byte[] encoded(String name) {
        return bytes("decode/" + name);
    }

    /** What Pillow makes of an encoded picture. */
    static RgbImage expected(String name) {
        return rgb("decode/" + name + ".rgb");
    }

    static RgbImage rgb(String path) {
        ByteBuffer data = ByteBuffer.wrap(bytes(path));
        int width = data.getInt();
        int height = data.getInt();
        byte[] pixels = new byte[data.remaining()];
        data.get(pixels);
        return new RgbImage(width, height, pixels);
    }

    static List<String> encodedNames() {
        return names("decode").filter(name -> !name.endsWith(".rgb")).toList();
    }

    /** Names of a folder's files, sorted. */
    static Stream<String> names(String folder) {
        try (Stream<Path> files = Files.list(
                Path.of(Pictures.class.getResource("/image/" + folder).toURI()))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String path) {
        try (InputStream in = Pictures.class.getResourceAsStream("/image/" + path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
