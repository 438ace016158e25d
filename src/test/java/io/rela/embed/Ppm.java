package io.rela.embed;

import io.rela.model.ModelFile;
import io.rela.model.ModelRequest;
import io.rela.model.TorchScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;

/** Pictures of noise that the built-in prior takes as they are, and that prior. */
final class Ppm {
    /** Width and height in pixels. */
    static final int SIZE = 32;

    private static final byte[] HEAD = ("P6 " + SIZE + " " + SIZE + " 255\n").getBytes(StandardCharsets.US_ASCII);

    private Ppm() {}

    /** Levels of red, green and blue, pixel by pixel. */
    static byte[] levels(int seed) {
        byte[] levels = new byte[3 * SIZE * SIZE];
        new Random(seed).nextBytes(levels);
        return levels;
    }

    /** The same as a file. */
    static byte[] encoded(int seed) {
        byte[] levels = levels(seed);
        byte[] file = Arrays.copyOf(HEAD, HEAD.length + levels.length);
        System.arraycopy(levels, 0, file, HEAD.length, levels.length);
        return file;
    }

    /** A folder of such files, in the order of their seeds. */
    static void write(Path folder, int count) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < count; i++) {
            Files.write(folder.resolve(String.format("%04d.ppm", i)), encoded(i));
        }
    }

    static ModelFile prior() {
        return ModelFile.read(ModelRequest.of("--prior", "builtin:prior"), new Configuration());
    }

    static TorchScript model(ModelFile prior) {
        byte[] bytes = prior.bytes();
        return prior.script(() -> bytes);
    }
}
