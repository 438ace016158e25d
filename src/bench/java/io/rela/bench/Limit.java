package io.rela.bench;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import io.rela.model.NativeHeap;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The bare forward pass: DJL, ready interleaved batches, nothing else. A process of its own, since libtorch's number of threads and the
 * allocator's settings hold for a process. Prints "BATCH RATE" a line.
 *
 * <p>Arguments: model file, input size, threads a predictor, predictors, batch sizes with commas, seconds each.
 */
public final class Limit {
    private Limit() {}

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        int size = Integer.parseInt(args[1]);
        int threads = Integer.parseInt(args[2]);
        int predictors = Integer.parseInt(args[3]);
        double seconds = Double.parseDouble(args[5]);
        NativeHeap.keepFreed();
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        Model model = Engine.getEngine("PyTorch").newModel("limit", Device.cpu());
        try (InputStream in = Files.newInputStream(file)) {
            model.load(in, Map.of("mapLocation", "true"));
        }
        for (String batch : args[4].split(",", -1)) {
            System.out.println(
                    batch + " " + rate(model, new Shape(Long.parseLong(batch), size, size, 3), predictors, seconds));
        }
        System.exit(0);
    }

    private static double rate(Model model, Shape shape, int predictors, double seconds) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(predictors);
        CyclicBarrier together = new CyclicBarrier(predictors);
        List<Future<Double>> running = new ArrayList<>();
        for (int p = 0; p < predictors; p++) {
            running.add(threads.submit(() -> rate(model, shape, seconds, together)));
        }
        double sum = 0;
        for (Future<Double> each : running) {
            sum += each.get();
        }
        threads.shutdown();
        return sum;
    }

    private static double rate(Model model, Shape shape, double seconds, CyclicBarrier together) throws Exception {
        ByteBuffer pixels =
                ByteBuffer.allocateDirect((int) shape.size() * Float.BYTES).order(ByteOrder.nativeOrder());
        FloatBuffer floats = pixels.asFloatBuffer();
        Random random = new Random(1);
        while (floats.hasRemaining()) {
            floats.put((float) random.nextGaussian());
        }
        try (Predictor<ByteBuffer, float[]> predictor = model.newPredictor(new Features(shape))) {
            passes(predictor, pixels, seconds / 2);
            together.await();
            return shape.get(0) * passes(predictor, pixels, seconds);
        }
    }

    /** Passes a second. */
    private static double passes(Predictor<ByteBuffer, float[]> predictor, ByteBuffer pixels, double seconds)
            throws Exception {
        long start = System.nanoTime();
        long passes = 0;
        double took = 0;
        while (took < seconds || passes < 2) {
            predictor.predict(pixels);
            passes++;
            took = (System.nanoTime() - start) / 1e9;
        }
        return passes / took;
    }

    /** Gives the model its usual layout: a view of batch × size × size × 3. */
    private record Features(Shape shape) implements NoBatchifyTranslator<ByteBuffer, float[]> {
        @Override
        public NDList processInput(TranslatorContext context, ByteBuffer pixels) {
            return new NDList(context.getNDManager()
                    .create(pixels, shape, DataType.FLOAT32)
                    .transpose(0, 3, 1, 2));
        }

        @Override
        public float[] processOutput(TranslatorContext context, NDList outputs) {
            return outputs.get(0).toFloatArray();
        }
    }
}
