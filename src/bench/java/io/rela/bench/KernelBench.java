package io.rela.bench;

import io.rela.image.ImageDecoder;
import io.rela.image.Interpolation;
import io.rela.image.Normalization;
import io.rela.image.Preprocessing;
import io.rela.image.Preprocessor;
import io.rela.image.RgbImage;
import io.rela.image.UndecodableImageException;
import io.rela.loss.LossKind;
import io.rela.moments.Moments;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Kernels on a core: {@code bin/bench kernels [JMH's options]}. Microseconds a picture or a block. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBench {
    private static final int WIDTH = 500;
    private static final int HEIGHT = 400;
    private static final int SIZE = 224;
    private static final int BLOCK = 256;
    private static final int VALUES = 512;

    private final ImageDecoder decoder = new ImageDecoder();
    private final Preprocessor bilinear =
            new Preprocessor(new Preprocessing(SIZE, SIZE, Interpolation.BILINEAR, Normalization.IMAGENET));
    private final Preprocessor bicubic =
            new Preprocessor(new Preprocessing(SIZE, SIZE, Interpolation.BICUBIC, Normalization.IMAGENET));
    private final ByteBuffer levels = ByteBuffer.allocateDirect(3 * SIZE * SIZE);
    private final float[] block = new float[BLOCK * VALUES];
    private final float[] output = new float[VALUES];
    private final float[] target = new float[VALUES];
    private byte[] jpeg;
    private RgbImage image;

    @Setup
    public void make() throws IOException, UndecodableImageException {
        Random random = new Random(1);
        BufferedImage drawn = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int level = (int) (127 + 60 * Math.sin(x / 17.0) + 40 * Math.cos(y / 11.0)) + random.nextInt(28);
                drawn.setRGB(x, y, (level << 16) | ((255 - level) << 8) | ((x ^ y) & 0xFF));
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(drawn, "jpg", out);
        jpeg = out.toByteArray();
        image = decoder.decode(jpeg);
        for (int i = 0; i < block.length; i++) {
            block[i] = (float) random.nextGaussian();
        }
        System.arraycopy(block, 0, output, 0, VALUES);
        System.arraycopy(block, VALUES, target, 0, VALUES);
    }

    @Benchmark
    public RgbImage decode() throws UndecodableImageException {
        return decoder.decode(jpeg);
    }

    /** Resized and cropped. */
    @Benchmark
    public ByteBuffer levelsBilinear() {
        bilinear.levels(image, levels);
        return levels;
    }

    @Benchmark
    public ByteBuffer levelsBicubic() {
        bicubic.levels(image, levels);
        return levels;
    }

    @Benchmark
    public double cosineLoss() {
        return LossKind.COSINE.of(output, target);
    }

    @Benchmark
    public double el2nLoss() {
        return LossKind.EL2N.of(output, 7);
    }

    @Benchmark
    public Moments gramBlock() {
        return Moments.ofBlock(block, BLOCK, VALUES);
    }
}
