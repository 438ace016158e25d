package io.rela.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the native decoder prints: only a process of its own shows it. */
class NativeOutputTest {
    @TempDir
    Path folder;

    /** Decodes a TIFF whose strips lie elsewhere and a PNG without image data; both are rejects. */
    static final class Decoding {
        private Decoding() {}

        public static void main(String[] args) {
            byte[] tiff = Pictures.encoded("jpeg.tif");
            tiff[1286] ^= 0x40;
            // Signature and header.
            byte[] png = Arrays.copyOf(Pictures.encoded("color.png"), 33);
            for (byte[] damaged : new byte[][] {tiff, png}) {
                try {
                    new ImageDecoder().decode(damaged);
                } catch (UndecodableImageException e) {
                    System.out.println(e.reason());
                }
            }
        }
    }

    @Test
    void nothingIsPrintedAboutADamagedPicture() throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Decoding.class.getName())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(err)).isZero();
        assertThat(Files.readAllLines(out)).hasSize(2);
        assertThat(err).isEmptyFile();
    }
}
